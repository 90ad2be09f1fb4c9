"""The words of the invitation (`texts-sv.md` 4.1): no topic, no project name, one link."""

from kapabla.material.registers import Organisation


def invitation_text(organisation: Organisation, link: str, minutes: int) -> str:
    return f"""Hej!

{organisation.name} bjuder in dig till en utbildning på nätet. Den är för dig som möter många människor i ditt arbete \
eller i en förening.

Utbildningen tar sammanlagt ungefär {minutes} minuter. Du kan göra lite i taget, på telefon eller dator.

Börja här: {link}

Länken är bara din. Skicka den inte vidare.

Vill du inte vara med behöver du inte göra något. Vill du inte ha fler mejl, ring {organisation.telephone}.

Är du osäker på om mejlet är äkta? Ring Länsstyrelsens växel, {organisation.switchboard}, och fråga efter \
{organisation.contact_name}.

Hälsningar
{organisation.contact_name}, {organisation.name}
"""
