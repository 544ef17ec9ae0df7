"""Invented people and companies: Faker's words, the scenario's chance, no two alike where two may not be."""

from random import Random

from faker import Faker

from mockserver.domain.registration import MAINLAND

_AREAS = {"cn": ("CN",), "intl": ("SG", "MX", "TH", "ZA", "BR", "DE")}
_CODES = {"cn": (MAINLAND,), "intl": ("0065", "0052", "0066", "0027", "0055", "0049")}


class People:
    """One stream of invented names; ``chance`` decides them all."""

    def __init__(self, site: str, chance: Random) -> None:
        self._site = site
        self._chance = chance
        self._faker = Faker("zh_CN" if site == "cn" else "en_US", use_weighting=False)
        self._faker.seed_instance(chance.getrandbits(64))
        self._taken: set[str] = set()

    def person(self) -> str:
        return str(self._faker.name())

    def company(self) -> str:
        return str(self._faker.company())

    def account_name(self) -> str:
        """Of the documented form: 5 to 32 characters, none but letters, digits, ``_`` and ``-``."""
        while True:
            word = "".join(filter(str.isalpha, self._faker.user_name()))[:20]
            name = f"{word}_{self._chance.randint(100, 9999)}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def contact(self, account_name: str) -> dict[str, str | None]:
        """A telephone number and a mailbox of the account's own."""
        start = str(self._chance.choice((13, 15, 18))) if self._site == "cn" else "8"
        return {
            "country_code": self._chance.choice(_CODES[self._site]),
            "mobile": start + f"{self._chance.randrange(10**9):09d}",
            "email": f"{account_name}@example.com",
        }

    def area(self) -> str:
        return self._chance.choice(_AREAS[self._site])
