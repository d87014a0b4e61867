"""Words that grammar needs lists for: what is no adjective, what takes ``of``, names of two words."""

NO_ADJECTIVES = frozenset(
    "many several few fewer multiple various different numerous single double triple whole entire half "
    "other another same next own first second third last such certain both all some any more most less "
    "least much enough only main former latter previous following total additional further".split()
)
"""Tagged as adjectives, but they say how many or which."""

QUANTITIES = frozenset(
    "amount array assortment band barrel basket batch bit block bottle bouquet bowl box bucket bunch "
    "bundle can cart carton case chain chunk class cloud cluster collection colony column congregation "
    "container couple cross-section crowd cup dozen dozens drop edge end face family field flock forest "
    "front full gang gathering glass group half hand handful heap herd hundreds jar jug kind kinds layer "
    "layers line lines litter load loaf lot lots majority mass middle mix mixture mound mountain mug "
    "multitude number pack package pair pairs pan parade part parts patch piece pieces pile piles pitcher "
    "plate plates platter pool portion pot pride puddle pyramid rack range row rows sack school sea "
    "section selection series set sets serving helping scattering spread arrangement display bale bales "
    "shelf shower sheet side sides slice slices sort sorts spoonful stack stacks stream strip swarm table "
    "tank team thousands ton tons top tower trail tray tub type types variety vase wall wave waves wedge "
    "bag bags back bottom center centre corner interior inside outside beginning rest cage bed sprig ball "
    "crate tin bottles bowls boxes cups glasses groups herds jars rim tip surface ring circle pinch troop "
    "army fleet squad choir platoon pattern patterns kilo pound pounds gallon liter slab stick".split()
)
"""Words of amount, group, container, part or kind: an ``of`` after them tells what there is."""

PICTURE_NOUNS = frozenset(
    "art artwork picture pictures image images photo photos photograph photographs photography painting "
    "paintings drawing drawings illustration illustrations sketch sketches render rendering portrait "
    "portraits poster print wallpaper still screenshot design logo sticker statue statues sculpture "
    "sculptures bust figurine doll toy plush puppet model map view views shot closeup close-up close-ups "
    "concept depiction rendition representation scene selfie video footage film movie cartoon comic mural "
    "fresco tapestry mosaic icon emblem diagram blueprint engraving etching woodcut watercolor "
    "watercolour oil pastel silhouette reflection interior exterior landscape headshot fullshot "
    "portraiture collage page cover macro panorama snapshot graffiti origami diorama miniature caricature "
    "pixel-art animation gif".split()
)
"""Words for a picture or likeness: an ``of`` after them tells what is to be seen."""

COPULAS = frozenset("is are was were be been being looks look looking seems appears feels 's 're".split())

COMPOUND_PREPOSITIONS = frozenset((
    ("next", "to"), ("close", "to"), ("on", "top", "of"), ("in", "front", "of"), ("out", "of"),
    ("to", "the", "left", "of"), ("to", "the", "right", "of"), ("on", "the", "left", "of"),
    ("on", "the", "right", "of"), ("on", "the", "side", "of"), ("inside", "of"), ("outside", "of"),
    ("because", "of"), ("instead", "of"), ("in", "between"), ("in", "the", "middle", "of"), ("due", "to"),
    ("in", "the", "style", "of"), ("along", "with"), ("together", "with"), ("away", "from"), ("up", "to"),
    ("across", "from"), ("on", "board"), ("as", "well", "as"), ("left", "of"), ("right", "of"), ("off", "of"),
    ("ahead", "of"), ("adjacent", "to"), ("far", "from"), ("apart", "from"), ("such", "as"),
))  # fmt: skip

PREPOSITIONS = frozenset(
    "aboard about above across after against along alongside amid amidst among amongst around as at atop "
    "before behind below beneath beside besides between beyond by despite down during for from in inside "
    "into like near of off on onto opposite out outside over past per through throughout to toward "
    "towards under underneath unlike until up upon via with within without".split()
)

NAMES = frozenset((
    "hot dog", "hot dogs", "polar bear", "polar bears", "golden retriever", "golden retrievers",
    "stuffed animal", "stuffed animals", "teddy bear", "living room", "dining room", "great wall",
    "black bear", "brown bear", "grizzly bear", "red panda", "giant panda", "blue whale", "killer whale",
    "great white", "white shark", "bald eagle", "snowy owl", "french fries", "french fry", "french toast",
    "french bulldog", "german shepherd", "guinea pig", "sweet potato", "sweet potatoes", "hot chocolate",
    "hot air", "hot tub", "hot sauce", "iced tea", "ice cream", "cream cheese", "mashed potatoes",
    "fried rice", "fried chicken", "fried egg", "fried eggs", "scrambled eggs", "baked beans", "sour cream",
    "high school", "high heels", "high chair", "swimming pool", "swimming trunks", "washing machine",
    "frying pan", "cutting board", "parking lot", "parking meter", "parking meters", "parking garage",
    "shopping cart", "shopping mall", "shopping bag", "sleeping bag", "walking stick", "flying saucer",
    "rocking chair", "rocking horse", "rolling pin", "wedding cake", "walkie talkie", "bull terrier",
    "fast food", "solar system", "solar panel", "solar panels", "electric guitar", "electric fan",
    "mobile phone", "cell phone", "remote control", "public transport", "stainless steel", "wrought iron",
    "cast iron", "martial arts", "martial artist", "round table", "common room", "front door", "back door",
    "front yard", "back yard", "green tea", "black tea", "black hole", "white house", "red carpet",
    "red cross", "blue jay", "blue jeans", "green bean", "green beans", "green onion", "bell pepper",
    "brussels sprouts", "white board", "black board", "light bulb", "dark matter", "milky way", "big ben",
    "new york", "san francisco", "los angeles", "las vegas", "great dane", "little girl's room",
    "native american", "middle east", "north pole", "south pole", "statue of liberty", "first lady",
    "vice president", "prime minister", "real estate", "soft drink", "hard drive", "hard hat", "flat screen",
    "bald eagles", "wild boar", "sea lion", "praying mantis", "flying fish", "komodo dragon", "tabby cat",
    "siamese cat", "persian cat", "border collie", "sperm whale", "humpback whale", "dairy cow",
    "double decker", "dutch oven", "pressure cooker", "slow cooker", "compact disc", "floppy disk",
    "musical instrument", "musical instruments", "medical mask", "general store", "grand piano",
    "upright piano", "acoustic guitar", "steam engine", "christmas tree", "eiffel tower", "space station",
    "human being", "human beings", "stop sign", "stop light", "wild west", "young adult", "secret agent",
    "orange juice", "apple pie", "main street", "western europe", "united states", "human body",
    "dead sea", "red sea", "black sea", "mixed drink", "mixed drinks", "running shoes", "tennis ball",
    "building block", "building blocks", "dressing room", "drawing board", "operating room", "waiting room",
    "boxing gloves", "boxing ring", "chewing gum", "fishing boat", "fishing boats", "fishing rod",
    "fishing pole", "wishing well", "wind turbine", "cutting boards", "dining table", "dining tables",
    "coloring book", "sewing machine", "vending machine", "slot machine", "flying disc", "racing car",
    "sailing boat", "sailing ship", "skating rink", "diving board", "climbing wall", "hiking boots",
    "sparkling water", "sparkling wine", "red wine", "white wine", "black coffee", "swiss army",
))  # fmt: skip
"""Names of two words whose first looks like an adjective."""

ADJECTIVES = frozenset(
    "red orange yellow green blue purple violet pink brown black white gray grey silver golden gold "
    "turquoise teal crimson scarlet emerald beige ivory maroon navy magenta cyan lavender indigo azure "
    "tan blonde blond brunette redhead auburn amber bronze copper colorful colourful multicolored "
    "multicoloured pastel neon pale dark light bright vivid dull shiny glossy matte transparent "
    "translucent opaque iridescent metallic big large huge giant gigantic enormous massive small little "
    "tiny miniature tall short long wide narrow thick thin fat slim skinny slender chubby muscular petite "
    "round square rectangular triangular oval flat curved straight crooked curly wavy bald hairy furry "
    "fluffy feathery scaly smooth rough sharp soft hard wet dry dusty dirty clean messy tidy rusty muddy "
    "sandy snowy icy frozen frosty foggy misty cloudy sunny rainy stormy windy overcast starry moonlit "
    "sunlit dim gloomy shadowy hazy smoky fiery old young new ancient modern vintage retro antique "
    "elderly middle-aged teenage adult mature happy sad angry sleepy tired hungry scared lonely curious "
    "cute adorable pretty beautiful gorgeous handsome ugly sexy lovely elegant graceful majestic noble "
    "fierce ferocious evil wicked sinister creepy spooky scary haunted cursed holy sacred divine magical "
    "mystical enchanted mythical legendary heroic epic brave wise wild tame feral stray loyal playful "
    "gentle calm peaceful serene tranquil quiet silent noisy busy crowded empty lush dense barren "
    "desolate abandoned ruined broken cracked shattered torn worn weathered overgrown rustic cozy cosy "
    "warm cool cold hot fresh ripe rotten raw cooked delicious juicy sweet sour spicy creamy crispy "
    "crunchy toasted grilled roasted wooden woolen leather stony rocky grassy leafy mossy floral royal "
    "imperial medieval victorian gothic tropical arctic alpine urban rural suburban coastal underwater "
    "underground cosmic celestial lunar solar galactic alien robotic mechanical cybernetic cyborg "
    "futuristic bionic biomechanical electric electronic digital holographic ethereal ghostly spectral "
    "undead dreamy surreal bizarre strange weird odd mysterious secret hidden invisible intricate ornate "
    "delicate fancy luxurious lavish humble simple plain minimal complex detailed elaborate bold heavy "
    "lightweight powerful strong weak mighty fast slow swift angelic demonic draconic feline canine human "
    "female male nude naked japanese chinese korean indian american british english french german italian "
    "spanish greek roman egyptian arabic african asian european russian mexican brazilian norse viking "
    "celtic scottish irish persian turkish dutch swedish seamless glorious radiant luminous "
    "bioluminescent glittery sparkly bloody grim grimy gritty lone solitary single-story spiral vast "
    "endless infinite tangled twisted anthropomorphic humanoid colossal towering mini jumbo oversized "
    "traditional classic classical melting glowing floating flying burning falling flowing shining "
    "smiling sleeping dancing swirling crumbling sparkling shimmering blooming exploding rotting dripping "
    "crying laughing howling roaring raging crashing rising glittering hovering drifting bubbling boiling "
    "flickering blazing wandering weeping screaming spinning decaying looming levitating charging moody "
    "contemporary industrial professional elite famous rich poor homeless pregnant blind armored "
    "armoured".split()
) - frozenset(("human", "viking", "cyborg", "leather", "alien", "neon", "spiral", "light", "adult", "solar"))
"""Adjectives that a tagger may take for nouns where little stands around them."""

ADJECTIVE_ENDINGS = ("ical", "ous", "ful", "less", "escent", "esque", "tic", "ific", "able", "ible")

AFTER_NOUN = frozenset(
    "asleep awake alone alive full empty available ablaze afloat ajar aglow aflame ready visible present "
    "high tall deep wide long old big naked barefoot drunk dead happy sad".split()
)
"""Adjectives that may stand behind their noun."""

TAKES_OBJECT = frozenset(
    "wearing holding riding playing eating drinking reading carrying using looking watching making doing "
    "taking facing fighting wielding driving sitting standing lying touching hugging kissing crossing "
    "showing having cooking chasing catching throwing pushing pulling kicking hitting building cutting "
    "feeding brushing washing cleaning painting drawing writing singing serving selling buying eyeing "
    "exploring visiting leaving entering opening closing covering giving getting putting raising lifting "
    "sporting featuring depicting including containing surrounding overlooking approaching attacking "
    "destroying guarding protecting climbing pouring smelling tasting hunting ordering baking grilling "
    "preparing hosting meeting following leading teaching learning studying solving walking petting "
    "grooming milking shearing flying surfing skiing jumping skating swinging pointing staring gazing "
    "smiling waiting".split()
) - frozenset(("flying", "jumping", "smiling", "surfing", "skating", "swinging"))
"""Participles that begin a segment as verbs: what follows is their object."""

NOUNS = frozenset(
    "viking vampire samurai ninja zombie pirate robot cyborg android fairy wizard witch knight ghost "
    "skeleton dragon demon angel goblin werewolf mermaid unicorn astronaut human alien teenage granite "
    "marble sunset mecha geisha anime baby adult sunrise".split()
)
"""Nouns that a tagger may take for adjectives where another noun follows."""

MAKING = frozenset(
    "covered drawn made painted lined carved lit drenched soaked kissed capped coated topped dusted built "
    "shaped crafted grown woven stained themed inspired clad crusted encrusted worn swept beaten torn "
    "burnt flavored flavoured powered driven bound knit knitted sewn filled colored coloured infested "
    "stricken strewn".split()
)
"""Participles that make one adjective with a noun before them: *snow covered*."""

MOTIONS = frozenset(("down", "over", "around", "through", "along", "across", "past", "round"))
"""Prepositions that may look like particles behind a verb of motion."""
