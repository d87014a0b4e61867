"""What Scenes says of itself."""

from ..cards import Card, Target

_SIMULATED = "Simulated: the pictures are drawn by a program, and no person judged them."

CARD = Card(
    name="scenes",
    title="Scenes (simulated)",
    about="Simulated. Prompts of a small grammar, and pictures of them drawn by a program: whatever a prompt "
    "leaves open is drawn at random, so more modifiers leave less to chance, by a known amount.",
    citation="Scenes, a simulated set that is part of PPP.",
    homepage="",
    licence="Apache-2.0",
    attribution="Drawn by PPP.",
    targets=(
        Target(
            name="scenes/known",
            title="Known answer (simulated)",
            measure="known answer",
            low=0.0,
            high=100.0,
            judged_by="simulated",
            reads_as="on 0 to 100, the recipe makes pictures of this prompt worth about {value}",
            about=f"{_SIMULATED} A sum of what the recipe gives to the subject, to each factor as it is in "
            "the picture and to the painter, and noise of a known size: how much variance each modifier "
            "removes is known exactly. The mean does not depend on how many modifiers there are: a test of "
            "the mean that says so is a false alarm, as one in twenty is.",
            decimals=1,
            label="Known: Scenes",
        ),
        Target(
            name="scenes/colourfulness",
            title="How colourful pictures are (simulated)",
            measure="colourfulness",
            low=0.0,
            high=300.0,
            judged_by="simulated",
            reads_as="on 0 to 300, drawn pictures of this prompt have a colourfulness of about {value}",
            about=f"{_SIMULATED} Colourfulness after Hasler and Süsstrunk (2003); higher is more colourful, "
            "109 or more is extremely so.",
            decimals=1,
            label="Colour: Scenes",
        ),
        Target(
            name="scenes/contrast",
            title="How much contrast pictures have (simulated)",
            measure="contrast",
            low=0.0,
            high=0.5,
            judged_by="simulated",
            reads_as="on 0 to 0.5, drawn pictures of this prompt have a contrast of about {value}",
            about=f"{_SIMULATED} Standard deviation of luminance between pixels; higher is more contrast.",
            decimals=3,
            label="Contrast: Scenes",
        ),
        Target(
            name="scenes/sharpness",
            title="How sharp pictures are (simulated)",
            measure="sharpness",
            low=0.0,
            high=1.0,
            judged_by="simulated",
            reads_as="on 0 to 1, drawn pictures of this prompt have a sharpness of about {value}",
            about=f"{_SIMULATED} One less the blur after Crété-Roffet and others (2007), as scikit-image "
            "measures it; higher is sharper.",
            decimals=3,
            label="Sharpness: Scenes",
        ),
        Target(
            name="scenes/entropy",
            title="How much there is in pictures (simulated)",
            measure="entropy",
            low=0.0,
            high=8.0,
            judged_by="simulated",
            reads_as="on 0 to 8 bits, drawn pictures of this prompt have an entropy of about {value}",
            about=f"{_SIMULATED} Shannon's entropy of the grey levels, in bits a pixel; higher is more.",
            label="Entropy: Scenes",
        ),
        Target(
            name="scenes/brightness",
            title="How bright pictures are (simulated)",
            measure="brightness",
            low=0.0,
            high=1.0,
            judged_by="simulated",
            reads_as="on 0 (black) to 1, drawn pictures of this prompt have a brightness of about {value}",
            about=f"{_SIMULATED} Mean luminance of the pixels; higher is brighter.",
            decimals=3,
            label="Brightness: Scenes",
        ),
    ),
    notes=(
        "Simulated: nothing here says what people think of pictures, and no predictor that comes with PPP "
        "has learned from it.",
        "There is no split, and nothing to fetch: it is drawn on this machine.",
        "A prompt without a number word leaves the number open, from one to five.",
        "The two painters are two hands of one program; each picture has a scene of its own.",
    ),
    judgments="none: no person judged these pictures",
)
