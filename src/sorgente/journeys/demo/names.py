"""Names of an invented valley: people, streets, firms. Nobody here exists."""

from __future__ import annotations

FEMALE = (
    "Anna Maria Giulia Francesca Sara Laura Chiara Valentina Alessia Martina Elena Silvia Paola Federica Roberta "
    "Simona Claudia Daniela Barbara Cristina Patrizia Monica Lucia Rosa Giovanna Teresa Angela Carla Luisa Ilaria "
    "Michela Serena Marta Beatrice Alice Camilla Rita Emma Nicoletta Donatella"
).split()
MALE = (
    "Giuseppe Antonio Giovanni Mario Luigi Francesco Andrea Marco Alessandro Roberto Stefano Paolo Luca Matteo "
    "Davide Simone Lorenzo Fabio Massimo Claudio Gianni Enrico Federico Riccardo Daniele Pietro Carlo Bruno Franco "
    "Sergio Vincenzo Salvatore Michele Giacomo Tommaso Filippo Nicola Emanuele Alberto Renato"
).split()
SURNAMES = (
    "Rossi Ferrari Bianchi Romano Ricci Marino Greco Bruno Gallo Conti Costa Giordano Mancini Rizzo Lombardi Moretti "
    "Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale "
    "Lombardo Serra Coppola D'Angelo Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso "
    "Valentini Messina Sala Gatti Pellegrini Palumbo Sanna Farina Rizzi Monti Cattaneo Morelli Amato Silvestri "
    "Mazza Testa Grassi Pellegrino Carbone Giuliani Benedetti Barone Rossetti Caputo Montanari Guerra Palmieri "
    "Bernardi Martino Fiore Ferretti Bellini Basile Riva Donati Piras Vitali Battaglia Sartori Neri Costantini "
    "Milani Pagano Ruggiero Sorrentino Orlando Negri Mantovani Fioravanti Cingolani Principi Pierantoni Cardinali "
    "Carloni Baldoni Mancinelli Frontini Marconi Mengoni Giampieri Gigli Piccinini Tombolini Canalini Bartolini"
).split()
STREETS = (
    "Via Roma|Via Garibaldi|Via Mazzini|Corso Matteotti|Via Cavour|Via Dante Alighieri|Via Verdi|Piazza del Comune|"
    "Via San Francesco|Via della Fonte|Via Marconi|Via Leopardi|Via Montessori|Via delle Rose|Via dei Tigli|"
    "Via del Mulino|Via Gramsci|Via XXV Aprile|Via della Stazione|Via Santa Lucia|Via Pergolesi|Via delle Querce|"
    "Via del Colle|Contrada Fonte Magna|Contrada Santa Croce|Via Industria|Via dell'Artigianato|Via Bramante|"
    "Via Raffaello Sanzio|Via Rossini|Via Spontini|Vicolo del Forno|Via Porta Nuova|Viale Trieste|Via Trento"
).split("|")
FIRMS = (
    "Panificio|Autofficina|Ristorante Pizzeria|Bar Gelateria|Parrucchieri|Lavanderia|Ferramenta|Farmacia|"
    "Studio Dentistico|Albergo|Tipografia|Falegnameria|Carrozzeria|Macelleria|Erboristeria|Palestra"
).split("|")
INDUSTRIES = ("Meccanica", "Plastica", "Cartotecnica", "Calzaturificio", "Conserve", "Lavorazione Marmi")
FARMS = ("Azienda Agricola", "Società Agricola", "Vivaio", "Allevamento")
PUBLIC_BODIES = (
    "Scuola Primaria",
    "Liceo Statale",
    "Biblioteca Comunale",
    "Impianto Sportivo Comunale",
    "Ospedale Civile",
    "Casa di Riposo",
    "Comando Polizia Locale",
)

# (name, ISTAT code, postal code, province, share of customers); invented municipalities of an invented valley
MUNICIPALITIES = (
    ("Valdoro", "042901", "60901", "AN", 0.46),
    ("Castel Sorgente", "042902", "60902", "AN", 0.22),
    ("Montefonte", "042903", "60903", "AN", 0.17),
    ("Rio Chiaro", "042904", "60904", "AN", 0.15),
)
# Cadastral codes: Ancona, Osimo, Recanati, Macerata, Loreto, Jesi, Roma, Bologna, Napoli, Milano
BIRTHPLACES = ("A271", "G157", "H211", "E783", "E690", "E388", "H501", "A944", "F839", "F205")
