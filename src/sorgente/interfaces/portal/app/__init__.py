"""The web area as an app on the telephone: manifest, service worker, what is kept for reading without a network."""
