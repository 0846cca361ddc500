"""Appointments on the web: for anybody, without a login; whoever is signed in finds their data filled in."""
