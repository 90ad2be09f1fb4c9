"""The words of a report in Swedish and English: sections, what each figure is, and how the columns are called."""

Words = dict[str, str]


def _of(sv: str, en: str) -> Words:
    return {"sv": sv, "en": en}


HEADS = {
    "what": _of("Vad", "What"), "how": _of("Så är det räknat", "How it is computed"), "n": _of("Personer", "People"),
    "estimate": _of("Värde", "Estimate"), "interval": _of("95 % KI", "95% CI"), "p": _of("p", "p"),
    "adjusted": _of("p, justerat", "p, adjusted"), "planned": _of("Enligt planen", "In the plan"),
    "count": _of("Antal", "Number"),
}  # fmt: skip
PLANNED = {
    "primary": _of("Primärt utfall", "Primary outcome"), "secondary": _of("Sekundärt utfall", "Secondary outcome"),
    "exploratory": _of("Utforskande", "Exploratory"),
}  # fmt: skip
ALL = _of("Alla", "All")
TEST = _of("Kunskapsprovet", "The knowledge test")
# Each section: its heading, what stands before its table, and the caption of the table.
SECTIONS: dict[str, tuple[Words, Words]] = {
    "flow": (
        _of("Deltagarflöde", "Flow of participants"),
        _of(
            "Andel av dem som svarade före utbildningen som svarade vid tillfället. Den som inte har hunnit dit än "
            "räknas som obesvarad.",
            "Share of those who answered before the course who answered at the wave. Whoever has not come so far yet "
            "counts as not having answered.",
        ),
    ),
    "attrition": (
        _of("Bortfall", "Attrition"),
        _of(
            "De som svarade vid tillfället jämförda med dem som inte gjorde det, så som de svarade före utbildningen. "
            "Skillnaden är standardiserad: 0,2 brukar kallas liten.",
            "Those who answered at the wave against those who did not, by their answers before the course. The "
            "difference is standardised: 0.2 is usually called small.",
        ),
    ),
    "reliability": (
        _of("Instrumenten i den här gruppen", "The instruments in this sample"),
        _of(
            "Hur väl frågorna i varje skala hänger ihop. Under 30 personer är talen osäkra.",
            "How well the items of each scale hold together. With fewer than 30 people the numbers are uncertain.",
        ),
    ),
    "comparison": (
        _of("Jämförelse med dem som väntar", "Comparison with those who wait"),
        _of(
            "De som har gått utbildningen jämförda med dem som ännu väntar på den, givet var de började.",
            "Those who have had the course against those who still wait for it, given where they began.",
        ),
    ),
    "change": (
        _of("Förändring före–efter", "Change from before to after"),
        _of(
            "Förändring bland dem som svarade vid båda tillfällena, utan jämförelsegrupp. Den är en förändring och "
            "inte en effekt: den kan bero på annat än utbildningen. p är inte justerat för antalet utfall.",
            "Change among those who answered both times, without a comparison group. It is a change and not an effect: "
            "it may come of other things than the course. p is not adjusted for the number of outcomes.",
        ),
    ),
    "model": (
        _of("Alla tillfällen i en modell", "All waves in one model"),
        _of(
            "Alla svar räknas, också från dem som saknar något tillfälle.",
            "All answers count, also of those who lack a wave.",
        ),
    ),
    "wedge": (
        _of("Stegvis införande", "Stepped wedge"),
        _of(
            "Effekten när omgångarna börjar period för period. Den andra modellen har också varje omgångs egna "
            "perioder; utan dem blir felmarginalen för liten.",
            "The effect when cohorts begin period by period. The second model also has each cohort's own periods; "
            "without them the standard error is too small.",
        ),
    ),
    "sensitivity": (
        _of("Känslighet", "Sensitivity"),
        _of(
            "Hur långt svaren står sig när man ändrar vilka som räknas med och vad som antas om dem som inte svarade.",
            "How far the answers stand when it is changed who counts and what is supposed of those who did not answer.",
        ),
    ),
    "knowledge": (
        _of("Kunskap", "Knowledge"),
        _of(
            "Provet har två former. Förändringen visas som den är, och med hänsyn till att formerna kan vara olika "
            "svåra.",
            "The test has two forms. The change is shown as it is, and with the forms' difficulty accounted for.",
        ),
    ),
    "forms": (
        _of("De två formerna av kunskapsprovet", "The two forms of the knowledge test"),
        _of(
            "Lotten gav varje person en form före utbildningen. Grupperna är därför jämförbara.",
            "The lot gave each person a form before the course. The groups are therefore comparable.",
        ),
    ),
    "behaviour": (
        _of("Vad människor har mött och gjort", "What people have met and done"),
        _of(
            "Att ha mött en situation är ett utfall i sig. Vad som gjordes räknas bland dem som har mött någon.",
            "To have met a situation is an outcome itself. What was done is counted among those who have met one.",
        ),
    ),
    "then": (
        _of("Före, i efterhand och efter", "Before, recalled and after"),
        _of(
            "Efteråt bedömer man tiden före på ett annat sätt. Därför visas alltid båda skillnaderna.",
            "Afterwards people judge the time before in another way. Therefore both differences are always shown.",
        ),
    ),
    "dose": (
        _of("Hur mycket av utbildningen", "How much of the course"),
        _of(
            "Beskrivande: den som tar del av mer kan också vara den som vill mer.",
            "Descriptive: whoever takes more of it may also be who wants more.",
        ),
    ),
}
KINDS: dict[str, dict[str, Words]] = {
    "flow": {"share": _of("andel, Wilsons intervall", "share, Wilson's interval")},
    "attrition": {
        "completed": _of("andel som svarade, Wilsons intervall", "share who answered, Wilson's interval"),
        "smd": _of("standardiserad skillnad", "standardised difference"),
    },
    "reliability": {
        "alpha": _of("Cronbachs alfa, Feldts intervall", "Cronbach's alpha, Feldt's interval"),
        "omega": _of("McDonalds omega, en faktor, ML", "McDonald's omega, one factor, ML"),
        "retest": _of("omtest, ICC(2,1)", "test-retest, ICC(2,1)"),
    },
    "comparison": {
        "ancova": _of("kovariansanalys", "analysis of covariance"),
        "hc3": _of("kovariansanalys, HC3", "analysis of covariance, HC3"),
        "unadjusted": _of("skillnad i förändring, Welch", "difference of changes, Welch"),
        "g_s": _of("g_s, Hedges", "g_s, Hedges"),
        "did": _of("skillnad i skillnader, CR2", "difference in differences, CR2"),
        "mixed": _of("mixad modell, Satterthwaite", "mixed model, Satterthwaite"),
        "icc.id": _of("intraklasskorrelation, person", "intraclass correlation, person"),
        "icc.cluster": _of("intraklasskorrelation, omgång", "intraclass correlation, cohort"),
    },
    "change": {
        "": _of("medelskillnad, t-intervall", "mean difference, t interval"),
        "g_av": _of("g_av, Algina och Keselman", "g_av, Algina & Keselman"),
        "d_z": _of("d_z, icke-centralt t", "d_z, noncentral t"),
    },
    "model": {"mixed": _of("mixad modell, Satterthwaite", "mixed model, Satterthwaite")},
    "wedge": {
        "hussey_hughes": _of("Kenward-Roger", "Kenward-Roger"),
        "cluster_period": _of("med omgång × period, Kenward-Roger", "with cohort × period, Kenward-Roger"),
    },
    "sensitivity": {
        "complete": _of("fullständiga svar, som planerat", "complete answers, as planned"),
        "mixed": _of("mixad modell", "mixed model"),
        "imputed": _of("multipel imputering", "multiple imputation"),
        "lost_did_worse": _of("bortfallet 0,5 SD lägre", "those lost 0.5 SD lower"),
        "lost_did_better": _of("bortfallet 0,5 SD högre", "those lost 0.5 SD higher"),
        "desirability": _of("med social önskvärdhet", "with social desirability"),
        "without": _of("utan dem med", "without those with"),
    },
    "knowledge": {
        "kr20": _of("KR-20", "KR-20"), "mean": _of("medel, antal rätt", "mean number right"),
        "change": _of("medelskillnad, formerna som de är", "mean difference, forms as they are"),
        "change.form_adjusted": _of("mixad modell med formen", "mixed model with the form"),
    },
    "forms": {
        "difference": _of("form B minus form A, Welch", "form B less form A, Welch"), "mean": _of("medel", "mean"),
    },
    "behaviour": {
        "share": _of("andel, Wilsons intervall", "share, Wilson's interval"),
        "paired": _of("skillnad i andel, Newcombe", "difference of shares, Newcombe"),
        "odds": _of("parad oddskvot", "paired odds ratio"),
    },
    "then": {
        "unadjusted": _of("efter minus före", "after less before"),
        "then_adjusted": _of("efter minus i efterhand", "after less recalled"),
        "response_shift": _of("i efterhand minus före", "recalled less before"),
    },
    "dose": {
        "all_modules": _of("alla delar", "all modules"), "some_modules": _of("några delar", "some modules"),
    },
}  # fmt: skip
