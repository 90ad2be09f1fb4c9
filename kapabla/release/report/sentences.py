"""The sentences of a report in Swedish and English, and the TIDieR description of the course."""

from kapabla.release.report.words import of

TITLE = of("Utvärdering: {title}", "Evaluation: {title}")
HEADINGS = {
    "in_short": of("Kort sagt", "In short"),
    "plan": of("Plan och planerade utfall", "The plan and its outcomes"),
    "baseline": of("Utgångsläge", "Baseline"),
    "course": of("Utbildningen, enligt TIDieR", "The course, by TIDieR"),
    "modules": of("Utbildningens delar", "Modules of the course"),
    "quality": of("Datakvalitet", "Data quality"),
    "checklist": of("Checklista", "Checklist"),
    "again": of("Räkna om siffrorna", "Compute the numbers again"),
}
PLAN_STATE = {
    "frozen": of("frystes innan någon hade svarat", "was frozen before anybody had answered"),
    "frozen late": of(
        "är fryst, men några hade svarat innan den frystes", "is frozen, but some had answered before it was"
    ),
    "frozen late, test people": of(
        "är fryst innan någon riktig person hade svarat; de påhittade personernas svar är äldre",
        "was frozen before any real person had answered; the answers of the made-up people are older",
    ),
    "changed since it was frozen": of(
        "har ändrats sedan den frystes, så allt är utforskande",
        "has been changed since it was frozen, so that everything is exploratory",
    ),
    "not frozen": of("är inte fryst, så allt är utforskande", "is not frozen, so that everything is exploratory"),
}
OPENING = (
    of(
        "Datautgåva {release}, byggd {built_on}. Rapporten är gjord {made_on}.",
        "Data release {release}, built {built_on}. The report was made {made_on}.",
    ),
    of("Personer i utgåvan: {people}.", "People in the release: {people}."),
    of("Ansvarig: {organisation}.", "Responsible: {organisation}."),
    of("Analysplanen {state}.", "The analysis plan {state}."),
    of("SHA-256 för manifest.json: {manifest}", "SHA-256 of manifest.json: {manifest}"),
)
AUDIENCE = of(
    "Rapporten hör till utgåvan och är för dem som har den. Där färre än {cell} personer skulle kunna räknas ut "
    "står det [visas inte], och så står det också där något inte går att räkna. Med 5–9 personer visas antal och "
    "medel, från 10 också felmarginal, från 20 också p.",
    "The report belongs to the release and is for those who hold it. Where fewer than {cell} people could be told "
    "of it says [not shown], and so it says where something cannot be computed. Of 5–9 people number and mean are "
    "shown, from 10 the interval too, from 20 p too.",
)
NO_PLAN = of(
    "Inget utfall var valt när uppgifterna samlades in. Allt här är utforskande.",
    "No outcome had been chosen when the data were gathered. Everything here is exploratory.",
)
TOO_FEW = of(
    "{label}: det primära utfallet kan inte visas än. För få har svarat, eller så går det inte att räkna.",
    "{label}: the primary outcome cannot be shown yet. Too few have answered, or it cannot be computed.",
)
# What the primary outcome came to, with and without a comparison.
FOUND = {
    "controlled": of(
        "{label}: skillnaden mellan dem som har gått utbildningen och dem som väntar är {value} skalpoäng, givet "
        "var de började (95 % KI {interval}, p {p}, n = {n}). Under noll betyder lägre än hos dem som väntar.",
        "{label}: the difference between those who have had the course and those who wait is {value} scale points, "
        "given where they began (95% CI {interval}, p {p}, n = {n}). Below zero is lower than those who wait.",
    ),
    "change": of(
        "{label}: medelskillnaden är {value} skalpoäng (95 % KI {interval}, p {p}, n = {n}). Det finns ingen "
        "jämförelsegrupp, så den är en förändring och inte en effekt.",
        "{label}: the mean difference is {value} scale points (95% CI {interval}, p {p}, n = {n}). There is no "
        "comparison group, so that it is a change and not an effect.",
    ),
}
LIMIT = of(
    "Alla som började har inte svarat. Bortfall och känslighet står nedan, så långt de kan visas.",
    "Not everybody who began has answered. Attrition and sensitivity stand below, as far as they can be shown.",
)
# What a comparison leans on, beside its number and not on the last page alone.
NO_CLUSTERS = of(
    "Den viktigaste begränsningen: omgångarna lämnas inte ut, så modellen räknar inte med att personer i samma omgång "
    "liknar varandra. Felmarginalen och p kan därför vara för små.",
    "The limitation that matters most: cohorts are not released, so that the model does not account for people of one "
    "cohort being alike. The interval and p may therefore be too small.",
)
NOT_CLUSTERED = of(
    "Den viktigaste begränsningen: modellen räknar inte med att personer i samma omgång liknar varandra. "
    "Felmarginalen och p kan därför vara för små. Skillnad i skillnader med CR2 räknar med det och står nedan.",
    "The limitation that matters most: the model does not account for people of one cohort being alike. The interval "
    "and p may therefore be too small. Difference in differences with CR2 accounts for it and stands below.",
)
MOVING = of(
    "Den viktigaste begränsningen: modellen räknar med att omgångar är olika, men inte med att de kan ändras olika "
    "mellan tillfällena. Då är felmarginalen och p för små. Skillnad i skillnader med CR2 räknar med det och står "
    "nedan.",
    "The limitation that matters most: the model accounts for cohorts being different, and not for their changing "
    "differently between the waves. Then the interval and p are too small. Difference in differences with CR2 accounts "
    "for it and stands below.",
)
NOT_BY_LOT = of(
    "Grupperna är inte lottade, så skillnaden kan också bero på annat än utbildningen.",
    "The groups are not drawn by lot, so that the difference may come of other things than the course too.",
)
FAMILY = of(
    "Varje utfall räknas med den modell som planen anger. p är justerat med Holms metod inom familjen; ett utfall "
    "som inte går att räkna än räknas med som p = 1.",
    "Each outcome is computed by the model that the plan names. p is adjusted by Holm's method within its family; "
    "an outcome that cannot be computed yet counts as p = 1.",
)
AGAIN = of(
    "Övriga siffror kan räknas om ur utgåvans filer: python3 recompute.py, eller Rscript recompute.R. evaluation.csv "
    "säger för varje siffra vilka kolumner den kommer ur. Statistiken ligger i analysis.zip, så som den var när "
    "utgåvan byggdes.",
    "Every other number can be computed again from the files of the release: python3 recompute.py, or Rscript "
    "recompute.R. evaluation.csv says of each number which columns it comes from. The statistics lie in "
    "analysis.zip, as they were when the release was built.",
)
QUALITY = of(
    "Ingen rad är borttagen för att den föll i en kontroll. Vad som lämnas utanför står i planen.",
    "No row has been removed because of a check. What is left out stands in the plan.",
)
IMPUTED = of("Multipel imputering har frö 1 och 20 datamängder.", "Multiple imputation has seed 1 and 20 data sets.")
HIGHER = of("Högre värde betyder:", "A higher value means:")
FLOW = of("Deltagarflöde", "Flow of participants")
OF_EARLIER = of(
    "Tabeller och rader som resultatsidan har kvar från en tidigare utgåva är inte med här: alla siffror i rapporten "
    "är ur utgåvan {release}.",
    "Tables and rows that the page of results has again from an earlier release are not here: all numbers of the "
    "report are of release {release}.",
)
INVITED = of(
    "Inbjudna och öppnade inbjudningar är räknade i registret den dag då utgåvan byggdes, och går inte att räkna om ur "
    "filerna. Vilka de är som inte ville vara med är inte känt här, bara hur många.",
    "Invited people and opened invitations are counted in the register on the day the release was built, and cannot be "
    "computed from the files. Who did not want to take part is not known here, only how many.",
)
# How much of the course was taken: where the release has it, where it could not be told.
DOSE = {
    True: of(
        "Andelen delar som togs står i kolumnen share_of_modules.",
        "The share of modules taken stands in share_of_modules.",
    ),
    False: of(
        "Hur stor del av utbildningen som var och en tog lämnas inte ut i den här utgåvan.",
        "How much of the course each person took is not released here.",
    ),
}
# Item, and what is said of it (Hoffmann et al. 2014, BMJ 348).
TIDIER = (
    (of("1 Namn", "1 Name"), of("{title}, version {version}", "{title}, version {version}")),
    (of("2 Varför", "2 Why"), of("{summary}", "{summary}")),
    (
        of("3 Vad, material", "3 What, materials"),
        of(
            "{modules} delar på webben, med texter, övningar och berättelser. Språk: {languages}.",
            "{modules} modules on the web, of texts, exercises and stories. Languages: {languages}.",
        ),
    ),
    (
        of("4 Vad, gång", "4 What, procedures"),
        of(
            "Delarna tas i ordning, efter frågor före och följda av frågor efter.",
            "The modules are taken in order, after questions before and followed by questions after.",
        ),
    ),
    (
        of("5 Av vem", "5 Who provided"),
        of(
            "På egen hand, eller på en träff med en kursledare.",
            "By oneself, or at a meeting with a course leader.",
        ),
    ),
    (
        of("6–7 Hur och var", "6–7 How and where"),
        of(
            "På egen telefon eller dator, eller tillsammans på plats.",
            "On one's own telephone or computer, or together in a room.",
        ),
    ),
    (
        of("8 När och hur mycket", "8 When and how much"),
        of("Ungefär {minutes} minuter i egen takt.", "About {minutes} minutes at one's own pace."),
    ),
    (
        of("9 Anpassning", "9 Tailoring"),
        of("Några sidor är skrivna för yrket.", "Some pages are written for the occupation."),
    ),
    (
        of("10 Ändringar", "10 Modifications"),
        of(
            "Utgivna versioner ändras aldrig. Varje svar minns vilken version det gällde.",
            "Published versions never change. Every answer remembers which version it was of.",
        ),
    ),
    (
        of("11–12 Hur väl", "11–12 How well"),
        of("{dose}", "{dose}"),
    ),
)
