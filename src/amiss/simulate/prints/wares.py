"""What is sold: wares that do not exist under brands that do not exist, in plain words."""

from dataclasses import dataclass
from typing import Literal

from amiss.simulate.prints.colour import Mood
from amiss.simulate.products.product import Kind

Motif = Literal[
    "fruit", "tomatoes", "beans", "biscuits", "bowl", "cup", "leaves", "landscape", "bubbles",
    "bottles", "bulbs", "cells", "phone", "headphones", "blocks", "robot", "car", "rocket",
    "waves", "bokeh", "facets", "pens", "razors", "screws", "jars",
]  # fmt: skip
Material = Literal[
    "kraft", "corrugated", "board", "coated", "paper", "poly", "tin", "plastic", "glass", "pages"
]


@dataclass(frozen=True, slots=True)
class Trade:
    """What wares of one trade have in common on their packaging.

    hues: degrees in OKLCH that buyers expect. table: its heading, then rows of what and how much.
    """

    hues: tuple[float, ...]
    moods: tuple[Mood, ...]
    claims: tuple[str, ...]
    slogans: tuple[str, ...]
    about: tuple[str, ...]
    table: tuple[str, ...]
    icons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ware:
    """One thing to sell.

    motifs: what its picture may show. kinds: packagings that it comes in. sorts: adjectives.
    amounts: net contents of one unit, "" where it is counted only. many: word for several units.
    """

    noun: str
    trade: Trade
    motifs: tuple[Motif, ...]
    kinds: tuple[Kind, ...]
    sorts: tuple[str, ...]
    amounts: tuple[str, ...] = ("",)
    many: str = "Pack"


_KEEP = ("Store in a cool, dry place.", "Once opened, close well and use soon.")
_FOOD = Trade(
    hues=(25, 40, 65, 85, 110, 145, 20),
    moods=("white", "bold", "bold", "pastel", "dark", "kraft"),
    claims=("100% natural", "No added sugar", "New recipe", "Family size", "Rich in fibre"),
    slogans=("Simply good taste", "From field to table", "Made with care since 1924",
             "A little joy every day", "The taste of home"),
    about=("Picked when ripe and packed within a day, so that all the flavour stays inside.",
           "We choose our growers by hand and pay them a fair price.", *_KEEP,
           "May contain traces of nuts and milk."),
    table=("Nutrition per 100 g", "Energy", "1484 kJ", "Fat", "9.2 g", "of which saturates",
           "1.4 g", "Carbohydrate", "58 g", "of which sugars", "3.1 g", "Fibre", "7.5 g",
           "Protein", "11 g", "Salt", "0.42 g"),
    icons=("recycle", "leaf", "bin", "clock"),
)  # fmt: skip
_DRINK = Trade(
    hues=(15, 45, 100, 140, 230, 255, 330),
    moods=("white", "bold", "bold", "dark", "pastel"),
    claims=("Ice cold", "Real fruit", "Zero sugar", "Limited edition", "With vitamin C"),
    slogans=("Fresh from the spring", "Wake up your day", "Pure refreshment", "Press, pour, enjoy"),
    about=("Pressed from ripe fruit and still spring water, nothing else.",
           "Serve chilled and shake before opening.", *_KEEP, "Deposit where it applies."),
    table=("Nutrition per 100 ml", "Energy", "180 kJ", "Fat", "0 g", "Carbohydrate", "10.2 g",
           "of which sugars", "9.8 g", "Protein", "0.2 g", "Salt", "0.01 g"),
    icons=("recycle", "drop", "bin", "cold"),
)  # fmt: skip
_CLEAN = Trade(
    hues=(145, 180, 220, 245, 265, 330, 60),
    moods=("white", "white", "bold", "bold", "pastel"),
    claims=("Removes 99% of grease", "2× power", "Plant based", "New scent", "Streak free"),
    slogans=("Clean made easy", "Power against dirt", "Shines without a trace", "Fresh at once"),
    about=("Cuts through grease and limescale in one wipe.",
           "Test on a hidden spot first. Rinse surfaces that touch food.",
           "Keep out of reach of children.", "Do not mix with other cleaners."),
    table=("Directions", "Light soil", "1 cap", "Heavy soil", "2 caps", "Floor, 5 l", "3 caps",
           "Surfactants", "< 5 %", "Fragrance", "yes", "pH", "8.5"),
    icons=("recycle", "warning", "hand", "bin"),
)  # fmt: skip
_CARE = Trade(
    hues=(10, 160, 200, 230, 300, 350, 80),
    moods=("white", "white", "pastel", "dark", "pastel"),
    claims=("Dermatologically tested", "For all skin types", "Vegan", "Long lasting", "Extra mild"),
    slogans=("Care you can feel", "Gentle every day", "Close and smooth", "Feel at ease"),
    about=("Made for daily use and tested with people, never on animals.",
           "Avoid contact with the eyes; rinse with water if it happens.",
           "Keep out of reach of children.", "Batch and date: see base."),
    table=("Ingredients", "Aqua", "61 %", "Glycerin", "8 %", "Betaine", "6 %", "Parfum", "< 1 %",
           "Citric acid", "0.4 %", "Sodium chloride", "1.2 %"),
    icons=("recycle", "leaf", "drop", "clock"),
)  # fmt: skip
_TECH = Trade(
    hues=(20, 45, 150, 200, 240, 260, 290),
    moods=("dark", "dark", "white", "white", "bold"),
    claims=("Fast charge", "2-year warranty", "9H hardness", "Ultra slim", "Plug & play"),
    slogans=("Built to last", "Designed for every day", "More power, less cable", "Clear. Strong."),
    about=("Read the guide before first use and keep it.",
           "Fits most models on the market; see the list online.",
           "Do not put into fire or water.", "Made for indoor use only."),
    table=("Technical data", "Input", "100-240 V", "Output", "5 V, 3 A", "Length", "1.5 m",
           "Weight", "86 g", "Temperature", "0-40 °C", "Protection", "IP 20"),
    icons=("recycle", "bin", "house", "bolt"),
)  # fmt: skip
_HOME = Trade(
    hues=(30, 60, 90, 150, 210, 250, 280),
    moods=("white", "kraft", "kraft", "bold", "pastel"),
    claims=("Extra strong", "Easy to fix", "Made to last", "Indoor & outdoor", "Reusable"),
    slogans=("For hands that make", "Good things for home", "Does what it says", "Hold it right"),
    about=("Clean and dry the surface before use.", "Wear goggles where chips may fly.",
           "Small parts: keep away from children under three years.", "Keep this leaflet."),
    table=("Contents", "Width", "38 mm", "Length", "52 mm", "Load", "4 kg", "Material", "Steel",
           "Finish", "Zinc", "Pieces", "see front"),
    icons=("recycle", "hand", "house", "warning"),
)  # fmt: skip
_TOY = Trade(
    hues=(25, 50, 90, 140, 230, 255, 310),
    moods=("bold", "bold", "bold", "white", "pastel"),
    claims=("Collect them all!", "Lights & sound", "Age 4+", "With 24 parts", "Action inside"),
    slogans=("Build. Play. Again!", "Where stories begin", "Ready, set, go!", "Big fun to go"),
    about=("Not for children under three years: small parts.",
           "Colours and contents may vary from the picture.",
           "Needs two AA cells, not included.", "An adult should open the packaging."),
    table=("In the box", "Figure", "1", "Parts", "12", "Stickers", "1 sheet", "Guide", "1",
           "Age", "4+", "Cells", "2 × AA"),
    icons=("recycle", "warning", "bin", "star"),
)  # fmt: skip
_BOOK = Trade(
    hues=(20, 60, 150, 200, 240, 270, 330),
    moods=("dark", "white", "bold", "pastel", "kraft"),
    claims=("A novel", "The best-seller", "New edition", "Stories", "Prize winner"),
    slogans=("A quiet book that stays with you", "One house, two winters, no way back",
             "What we keep, and what keeps us"),
    about=("On the first morning of the year the harbour is empty, and nobody has seen it go.",
           "A story of two sisters, a lighthouse and a letter that came forty years late.",
           "“I read it in one night.” The Evening Page",),
    table=("Contents", "Part one", "7", "Part two", "91", "Part three", "203", "Notes", "288"),
    icons=("leaf",),
)  # fmt: skip

_C, _M, _P, _T, _J = Kind.CARTON, Kind.PADDED_MAILER, Kind.POLY_BAG, Kind.TIN, Kind.JAR
_B, _L, _U, _X = Kind.BOTTLE, Kind.BLISTER, Kind.MULTIPACK, Kind.TOY_BOX
_G = ("250 g", "400 g", "500 g", "750 g")
_ML = ("250 ml", "400 ml", "500 ml", "750 ml")

WARES = (
    Ware("Ground Coffee", _FOOD, ("beans", "cup"), (_P, _T, _C, _J),
         ("Dark Roast", "House Blend", "Mild", "Espresso"), _G),
    Ware("Tea", _FOOD, ("leaves", "cup", "landscape"), (_C, _T, _P),
         ("Green", "Mint", "Breakfast", "Earl"), ("20 bags", "50 bags")),
    Ware("Biscuits", _FOOD, ("biscuits",), (_C, _P, _T), ("Oat", "Choc Chip", "Butter"), _G),
    Ware("Muesli", _FOOD, ("bowl", "fruit"), (_C, _P), ("Crunchy", "Berry", "Honey"), _G),
    Ware("Juice", _DRINK, ("fruit", "bottles"), (_C, _B, _U),
         ("Orange", "Apple", "Berry", "Mango"), ("330 ml", "1 l", "750 ml")),
    Ware("Soda", _DRINK, ("fruit", "bubbles"), (_T, _B, _U),
         ("Lemon", "Cherry", "Lime", "Ginger"), ("330 ml", "500 ml")),
    Ware("Spring Water", _DRINK, ("landscape", "waves"), (_B, _U), ("Still", "Sparkling"), _ML),
    Ware("Chopped Tomatoes", _FOOD, ("tomatoes", "bowl"), (_T, _U), ("Ripe", "Basil"), _G),
    Ware("Bean Soup", _FOOD, ("bowl", "leaves"), (_T, _J), ("Hearty", "Smoky"), _G),
    Ware("Honey", _FOOD, ("jars", "landscape"), (_J,), ("Forest", "Meadow", "Acacia"), _G),
    Ware("Jam", _FOOD, ("fruit",), (_J,), ("Apricot", "Strawberry", "Plum"), _G),
    Ware("Dog Biscuits", _FOOD, ("biscuits", "bokeh"), (_P, _C), ("Lamb", "Small Breed"), _G),
    Ware("All-Purpose Cleaner", _CLEAN, ("bubbles", "waves"), (_B, _C),
         ("Lemon", "Ocean", "Power"), _ML),
    Ware("Washing Powder", _CLEAN, ("bubbles", "waves"), (_C, _P),
         ("Color", "White", "Sensitive"), ("1.2 kg", "2.5 kg")),
    Ware("Dishwasher Tabs", _CLEAN, ("bubbles", "waves"), (_C, _P), ("Ultra", "All in 1"),
         ("30 tabs", "60 tabs")),
    Ware("Shampoo", _CARE, ("waves", "leaves", "bottles"), (_B,), ("Aloe", "Repair"), _ML),
    Ware("Hand Cream", _CARE, ("leaves", "bokeh"), (_J, _C), ("Almond", "Rose"), ("75 ml",)),
    Ware("Vitamins", _CARE, ("fruit", "leaves"), (_B, _J, _C), ("Daily", "C + Zinc"),
         ("60 tablets", "120 tablets")),
    Ware("Razor Blades", _CARE, ("razors", "waves"), (_L, _C), ("Five", "Sensitive", "Pro")),
    Ware("Batteries", _TECH, ("cells", "bokeh"), (_L, _C), ("AA", "AAA", "Max")),
    Ware("Screen Protector", _TECH, ("phone",), (_C, _M, _L), ("Clear", "Matte", "Armour")),
    Ware("Phone Case", _TECH, ("phone",), (_C, _M), ("Slim", "Shock", "Clear")),
    Ware("Headphones", _TECH, ("headphones",), (_C,), ("Studio", "Wireless", "Bass")),
    Ware("LED Bulb", _TECH, ("bulbs",), (_C, _L), ("Warm White", "Bright", "Filament"),
         ("8.5 W", "11 W")),
    Ware("USB Charger", _TECH, ("bokeh", "facets"), (_C, _M), ("Fast", "Travel", "Duo")),
    Ware("Ball Pens", _HOME, ("pens",), (_L, _C), ("Blue", "Soft Grip", "Classic")),
    Ware("Wood Screws", _HOME, ("screws",), (_L, _C), ("Zinc", "Brass"), ("4 × 40 mm",)),
    Ware("Wall Hooks", _HOME, ("screws", "facets"), (_L, _C), ("Strong", "Steel")),
    Ware("Candle", _HOME, ("jars", "bokeh"), (_J, _C), ("Vanilla", "Cedar", "Fig"), ("190 g",)),
    Ware("Kitchen Scales", _HOME, ("bowl", "fruit"), (_C,), ("Digital", "Flat")),
    Ware("Socks", _HOME, ("facets", "bokeh"), (_P, _M), ("Wool", "Sport", "Cotton"),
         ("Size 39-42", "Size 43-46")),
    Ware("Shelf Kit", _HOME, ("facets", "bokeh"), (_C,), ("Oak", "Steel"), ("60 × 20 cm",)),
    Ware("Tea Towels", _HOME, ("facets", "waves"), (_P, _M), ("Linen", "Striped")),
    Ware("Gift Wrap", _HOME, ("bokeh", "facets"), (_C, _P), ("Party", "Festive")),
    Ware("Robot", _TOY, ("robot",), (_X, _C), ("Turbo", "Mega", "Space"), ("24 cm",)),
    Ware("Race Car", _TOY, ("car",), (_X, _C, _L), ("Turbo", "Desert", "Night"), ("1:43",)),
    Ware("Building Blocks", _TOY, ("blocks",), (_X, _C, _P), ("Castle", "Harbour", "City"),
         ("112 parts", "64 parts")),
    Ware("Space Rocket", _TOY, ("rocket",), (_X, _C), ("Lunar", "Comet"), ("30 cm",)),
    Ware("Novel", _BOOK, ("landscape", "facets", "waves", "bokeh", "leaves"), (Kind.BOOK,), ("",)),
)  # fmt: skip


def wares_in(kind: Kind) -> list[Ware]:
    """What comes in this packaging."""
    return [ware for ware in WARES if kind in ware.kinds]
