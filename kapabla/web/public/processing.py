"""The register of processing that people are shown (B10). Every table of every vault belongs to one purpose here by
its retention class: a test fails when a table is made that no purpose tells of."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kapabla.material import Study, fill


@dataclass(frozen=True)
class Purpose:
    """`kept` may name facts of the study in braces. `classes` are the retention classes of the tables it covers."""

    what: str
    data: str
    basis: str
    responsible: str
    recipients: str
    kept: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Cookie:
    name: str
    why: str
    until: str


COUNTY = "Länsstyrelsen Västerbotten"
UNIVERSITY = "Umeå universitet"
AUTHORITY = "Integritetsskyddsmyndigheten, imy.se"
PUBLIC_TASK = "Uppgift av allmänt intresse, artikel 6.1 e i dataskyddsförordningen"

PURPOSES = (
    Purpose(
        what="Bjuda in till utbildningen och höra av oss",
        data="Namn, kontaktuppgift, kommun, yrke eller roll, vilka brev och mejl som har skickats, "
        "och om ett steg är över. Aldrig vad du svarar eller när du gjorde något.",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients=f"Handläggare på {COUNTY}",
        kept="Tills omgångens sista frågor är över. Sedan gallras de enligt beslut {gallringsbeslut}.",
        classes=("identity",),
    ),
    Purpose(
        what="Ge utbildningen, ställa frågor och undersöka vad utbildningen leder till",
        data="Dina val, vilka sidor du har läst, vilka dagar du har varit på ett möte, intyget och dina svar. De står "
        "under en kod i stället för ditt namn, med kommun, yrke och omgång. Aldrig klockslag.",
        basis=f"{PUBLIC_TASK}. Forskarna får bara svar från den som har sagt ja till forskningen.",
        responsible=f"{COUNTY} för utbildningen, {UNIVERSITY} för forskningen",
        recipients=f"Forskare vid {UNIVERSITY}. Det du skriver med egna ord läses först av en dataskyddsansvarig, som "
        "inte ser vem du är. Efter ditt ja också annan forskning som Etikprövningsmyndigheten har "
        "godkänt. Ingen får ditt namn.",
        kept="Nyckeln mellan namn och kod förstörs {datum_nyckel}. Svaren sparas till {datum_gallring} och gallras "
        "sedan enligt beslut {gallringsbeslut}.",
        classes=("answers",),
    ),
    Purpose(
        what="Komma ihåg att du inte vill vara med",
        data="Fingeravtryck av din kontaktuppgift och din länk, som inte går att läsa tillbaka, och ett datum",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients="Ingen",
        kept="Så länge utbildningen pågår, så att en gammal lista inte bjuder in dig igen.",
        classes=("tombstone",),
    ),
    Purpose(
        what="Se vem som har tittat på eller ändrat uppgifter",
        data="Vem i personalen som gjorde vad och när, och vilka val du har ändrat. "
        "Aldrig svar eller namn på deltagare.",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients=f"Dataskyddsombudet och den som granskar {COUNTY}",
        kept="Lika länge som uppgifterna som loggen handlar om.",
        classes=("audit",),
    ),
    Purpose(
        what="Låta personal och forskare logga in",
        data="Namn, e-postadress, roll och skyddad inloggning",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients="Den som ansvarar för konton",
        kept="Tills kontot har upphört och uppgifterna gallras.",
        classes=("staff",),
    ),
    Purpose(
        what="Visa vilka utgåvor av svar som har lämnats ut",
        data="Vem som har godkänt eller hämtat en utgåva, när och varför",
        basis=PUBLIC_TASK,
        responsible=f"{COUNTY} och {UNIVERSITY}",
        recipients="Dataskyddsombuden",
        kept="Bevaras, så att det går att se i efterhand.",
        classes=("register",),
    ),
    Purpose(
        what="Rätta sidor som inte fungerar för alla",
        data="Det du skriver i formuläret om tillgänglighet. Lämnar du en adress förvaras den låst.",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients=f"Handläggare på {COUNTY}",
        kept="Tills felet är rättat och du har fått svar.",
        classes=("office",),
    ),
    Purpose(
        what="Hålla dig inloggad och stoppa den som gissar koder",
        data="Din inloggning medan du är här, internetadressen som ett fingeravtryck när någon har skrivit fel kod, "
        "och hur många som har börjat på ett möte",
        basis=PUBLIC_TASK,
        responsible=COUNTY,
        recipients="Ingen",
        kept="Inloggningen tas bort när du lämnar sidan. Fingeravtrycket tas bort inom ett dygn.",
        classes=("transient",),
    ),
)

DISCLOSURE = (
    "Ingen annan får uppgifterna. Om någon begär ut handlingar prövar myndigheten om uppgifterna omfattas av sekretess."
)

COOKIES = (
    Cookie("k", "Håller dig inloggad när du går utbildningen", "Tills du lämnar sidan eller loggar ut"),
    Cookie("delad", "Gör att en dator som flera delar på ett möte loggar ut var och en fort", "Till midnatt"),
    Cookie("kx", "Gör att ”Lämna sidan” loggar ut dig även utan täckning", "Tills du lämnar sidan eller loggar ut"),
    Cookie("sprak", "Minns vilket språk du har valt", "Tills du lämnar sidan, loggar ut eller stänger webbläsaren"),
    Cookie("s", "Håller personal inloggad", "Tills personalen loggar ut eller har varit borta en stund"),
    Cookie("li", "Gör inloggningen för personal säker", "Tills webbläsaren stängs"),
)


def purposes_of(studies: Iterable[Study]) -> list[Purpose]:
    """With the dates and decisions of the study that is going on, as its consent text tells them."""
    study = next(iter(studies))
    return [replace(purpose, kept=fill(purpose.kept, study.facts_in("sv"))) for purpose in PURPOSES]
