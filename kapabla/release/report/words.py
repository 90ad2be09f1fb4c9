"""The labels of a report in Swedish and English: sections, what each figure is, and how the columns are called."""

Words = dict[str, str]


def of(sv: str, en: str) -> Words:
    return {"sv": sv, "en": en}


HEADS = {
    "what": of("Vad", "What"), "how": of("Så är det räknat", "How it is computed"), "n": of("Personer", "People"),
    "estimate": of("Värde", "Estimate"), "interval": of("95 % KI", "95% CI"), "p": of("p", "p"),
    "against": of("Jämförelse", "Comparison"),
    "adjusted": of("p, justerat", "p, adjusted"), "planned": of("Enligt planen", "In the plan"),
    "count": of("Antal", "Number"), "answer": of("Svar", "Answer"), "item": of("Punkt", "Item"),
    "module": of("Del", "Module"), "minutes": of("Minuter", "Minutes"),
}  # fmt: skip
PLANNED = {
    "primary": of("Primärt utfall", "Primary outcome"), "secondary": of("Sekundärt utfall", "Secondary outcome"),
    "exploratory": of("Utforskande", "Exploratory"),
}  # fmt: skip
# What an outcome of the plan is held against: a change has no comparison group.
AGAINST = {
    True: of("Mot dem som väntar", "Against those who wait"),
    False: of("Efter mot före, utan jämförelsegrupp", "After against before, with no comparison group"),
}
ALL = of("Alla", "All")
RIGHT = of("rätt", "right")
WHO = of("Vilka som deltog", "Who took part")
OUTCOMES = of("Planerade utfall", "Planned outcomes")
TEST = of("Kunskapsprovet", "The knowledge test")
# Each section: its heading, what stands before its table, and the caption of the table.
SECTIONS: dict[str, tuple[Words, Words]] = {
    "attrition": (
        of("Bortfall", "Attrition"),
        of(
            "De som svarade vid tillfället jämförda med dem som inte gjorde det, så som de svarade före utbildningen. "
            "Den vars dag inte har kommit än räknas här bland dem som inte svarade. Skillnaden är standardiserad: 0,2 "
            "brukar kallas liten.",
            "Those who answered at the wave against those who did not, by their answers before the course. Whoever's "
            "day has not come yet counts here among those who did not. The difference is standardised: 0.2 is usually "
            "called small.",
        ),
    ),
    "reliability": (
        of("Instrumenten i den här gruppen", "The instruments in this sample"),
        of(
            "Hur väl frågorna i varje skala hänger ihop. Under 30 personer är talen osäkra.",
            "How well the items of each scale hold together. With fewer than 30 people the numbers are uncertain.",
        ),
    ),
    "comparison": (
        of("Jämförelse med dem som väntar", "Comparison with those who wait"),
        of(
            "De som har gått utbildningen jämförda med dem som ännu väntar på den, givet var de började.",
            "Those who have had the course against those who still wait for it, given where they began.",
        ),
    ),
    "change": (
        of("Förändring före–efter", "Change from before to after"),
        of(
            "Förändring bland dem som svarade vid båda tillfällena, utan jämförelsegrupp. Den är en förändring och "
            "inte en effekt: den kan bero på annat än utbildningen. p är inte justerat för antalet utfall.",
            "Change among those who answered both times, without a comparison group. It is a change and not an effect: "
            "it may come of other things than the course. p is not adjusted for the number of outcomes.",
        ),
    ),
    "model": (
        of("Alla tillfällen i en modell", "All waves in one model"),
        of(
            "Alla svar räknas, också från dem som saknar något tillfälle.",
            "All answers count, also of those who lack a wave.",
        ),
    ),
    "wedge": (
        of("Stegvis införande", "Stepped wedge"),
        of(
            "Effekten när omgångarna börjar period för period. Den andra modellen har också varje omgångs egna "
            "perioder; utan dem blir felmarginalen för liten.",
            "The effect when cohorts begin period by period. The second model also has each cohort's own periods; "
            "without them the standard error is too small.",
        ),
    ),
    "sensitivity": (
        of("Känslighet", "Sensitivity"),
        of(
            "Hur långt svaren står sig när man ändrar vilka som räknas med och vad som antas om dem som inte svarade. "
            "En modell som skiljer sig från en annan på några få personer visas inte: skillnaden skulle berätta om "
            "dem.",
            "How far the answers stand when it is changed who counts and what is supposed of those who did not answer. "
            "A model that differs from another by a few people is not shown: the difference would tell of them.",
        ),
    ),
    "knowledge": (
        of("Kunskap", "Knowledge"),
        of(
            "Provet har två former. Förändringen visas som den är, och med hänsyn till att formerna kan vara olika "
            "svåra.",
            "The test has two forms. The change is shown as it is, and with the forms' difficulty accounted for.",
        ),
    ),
    "forms": (
        of("De två formerna av kunskapsprovet", "The two forms of the knowledge test"),
        of(
            "Lotten gav varje person en form före utbildningen. Grupperna är därför jämförbara.",
            "The lot gave each person a form before the course. The groups are therefore comparable.",
        ),
    ),
    "behaviour": (
        of("Vad människor har mött och gjort", "What people have met and done"),
        of(
            "Att ha mött en situation är ett utfall i sig. Vad som gjordes räknas bland dem som har mött någon.",
            "To have met a situation is an outcome itself. What was done is counted among those who have met one.",
        ),
    ),
    "then": (
        of("Före, i efterhand och efter", "Before, recalled and after"),
        of(
            "Efteråt bedömer man tiden före på ett annat sätt. Därför visas båda skillnaderna, eller ingen av dem.",
            "Afterwards people judge the time before in another way. Therefore both differences are shown, or neither.",
        ),
    ),
    "dose": (
        of("Hur mycket av utbildningen", "How much of the course"),
        of(
            "Beskrivande: den som tar del av mer kan också vara den som vill mer.",
            "Descriptive: whoever takes more of it may also be who wants more.",
        ),
    ),
}
KINDS: dict[str, dict[str, Words]] = {
    "attrition": {"smd": of("standardiserad skillnad", "standardised difference")},
    "reliability": {
        "alpha": of("Cronbachs alfa, Feldts intervall", "Cronbach's alpha, Feldt's interval"),
        "omega": of("McDonalds omega, en faktor, ML", "McDonald's omega, one factor, ML"),
        "retest": of("omtest, ICC(2,1)", "test-retest, ICC(2,1)"),
    },
    "comparison": {
        "ancova": of("kovariansanalys", "analysis of covariance"),
        "hc3": of("kovariansanalys, HC3", "analysis of covariance, HC3"),
        "unadjusted": of("skillnad i förändring, Welch", "difference of changes, Welch"),
        "g_s": of(
            "g_s: skillnaden delad med förändringarnas spridning",
            "g_s: the difference divided by the spread of changes",
        ),
        "g_s_after": of(
            "g_s: skillnaden efter delad med spridningen efter", "g_s: the difference after divided by the spread after"
        ),
        "did": of("skillnad i skillnader, CR2", "difference in differences, CR2"),
        "mixed": of("mixad modell, Satterthwaite", "mixed model, Satterthwaite"),
        "icc.id": of("intraklasskorrelation, person", "intraclass correlation, person"),
        "icc.cluster": of("intraklasskorrelation, omgång", "intraclass correlation, cohort"),
    },
    "change": {
        "": of("medelskillnad, t-intervall", "mean difference, t interval"),
        "g_av": of("g_av, Algina och Keselman", "g_av, Algina & Keselman"),
        "d_z": of("d_z, icke-centralt t", "d_z, noncentral t"),
        "bca": of(
            "medelskillnad, bootstrap, BCa-intervall (något för snävt under 40 par)",
            "mean difference, bootstrap, BCa interval (somewhat too narrow below 40 pairs)",
        ),
    },
    "model": {"mixed": of("mixad modell, Satterthwaite", "mixed model, Satterthwaite")},
    "wedge": {
        "hussey_hughes": of("Kenward-Roger", "Kenward-Roger"),
        "cluster_period": of("med omgång × period, Kenward-Roger", "with cohort × period, Kenward-Roger"),
    },
    "sensitivity": {
        "complete": of("fullständiga svar, som planerat", "complete answers, as planned"),
        "mixed": of("mixad modell", "mixed model"),
        "imputed": of("multipel imputering", "multiple imputation"),
        "lost_did_worse": of("bortfallet 0,5 SD lägre", "those lost 0.5 SD lower"),
        "lost_did_better": of("bortfallet 0,5 SD högre", "those lost 0.5 SD higher"),
        "desirability": of("med social önskvärdhet", "with social desirability"),
    },
    "knowledge": {
        "kr20": of("KR-20", "KR-20"), "mean": of("medel, antal rätt", "mean number right"),
        "change": of("medelskillnad, formerna som de är", "mean difference, forms as they are"),
        "change.form_adjusted": of("mixad modell med formen", "mixed model with the form"),
    },
    "forms": {
        "difference": of("form B minus form A, Welch", "form B less form A, Welch"), "mean": of("medel", "mean"),
        "linear.slope": of("linjär likställning, lutning", "linear equating, slope"),
        "linear.intercept": of("linjär likställning, skärning", "linear equating, intercept"),
        "linear.score": of("form B på form A:s skala", "form B on the scale of form A"),
    },
    "behaviour": {
        "share": of("andel, Wilsons intervall", "share, Wilson's interval"),
        "paired": of("skillnad i procentenheter, Newcombe", "difference in percentage points, Newcombe"),
        "odds": of("parad oddskvot", "paired odds ratio"),
    },
    "then": {
        "unadjusted": of("efter minus före", "after less before"),
        "then_adjusted": of("efter minus i efterhand", "after less recalled"),
        "response_shift": of("i efterhand minus före", "recalled less before"),
    },
    "dose": {
        "all_modules": of("alla delar", "all modules"), "some_modules": of("några delar", "some modules"),
    },
}  # fmt: skip
# Who is left out by a further rule of the plan; {values} are the answers that the rule names.
WITHOUT = {
    "gate_overridden": of(
        "utan dem som fick börja utan startfrågor", "without those let in without the start questions"
    ),
    "fast_page": of(
        "utan dem som svarade fortare än sidan kan läsas", "without those who answered faster than a page can be read"
    ),
    "contaminated": of(
        "utan dem som svarade före när utbildningen hade börjat",
        "without those who answered before when the course had begun",
    ),
}
WITHOUT_OTHERS = of("utan dem som har ”{label}: {values}”", "without those who have “{label}: {values}”")
# A test whose items do not hang together, in the words that its mean needs beside it.
LOOSE_TEST = of(
    "KR-20 går upp till 1. Kring noll och därunder hänger frågorna inte ihop: ett högre antal rätt visar då fler "
    "rätta svar, men inte att provet mäter en och samma kunskap.",
    "KR-20 goes up to 1. About zero and below, the items do not hang together: a higher number right is then more "
    "right answers, but not that the test measures one knowledge.",
)
NOT_EQUATED = of(
    "Formerna likställs inte här: det kräver att frågorna i var och en hänger ihop.",
    "The forms are not equated here: that takes items that hang together in each.",
)
IN_MODEL = of("; modellen har {people} personer", "; the model holds {people} people")
LANGUAGES = {
    "sv": of("svenska", "Swedish"), "sv_easy": of("lättläst svenska", "easy-to-read Swedish"),
    "en": of("engelska", "English"), "se": of("nordsamiska", "Northern Sami"), "sma": of("sydsamiska", "Southern Sami"),
}  # fmt: skip
