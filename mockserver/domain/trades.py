"""What records call a movement of money: the documentation's transaction types, by what the ledger moved it for.

``OPERAIION`` is how the documentation spells it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mockserver.domain import ledger

BANK, REBATE, MODE_CHANGE, ADJUSTMENT, NO_CHANNEL = "2", "7", "10", "11", "0"


@dataclass(frozen=True, slots=True)
class Trade:
    """``income``: whether the owner gains by it, None for both; ``channel``: the usual one.

    ``between``: the type of the owner's other account that the money goes to or comes from, None for somebody else's.
    """

    type: str
    detail: str
    income: bool | None
    channel: str = NO_CHANNEL
    between: int | None = None


TRADES: Mapping[str, Trade] = {
    ledger.TOP_UP: Trade("RECHARGE", "SOURCE_OPERAIION_RECHARGE", True, BANK),
    ledger.CONSUME: Trade("DEDEUCT", "SOURCE_OPERAIION_DEDEUCT", False),
    ledger.REFUND: Trade("REFUND", "SOURCE_OPERAIION_REFUND", True),
    "freeze": Trade("RFROZEN", "SOURCE_OPERAIION_RFROZEN", False),
    "unfreeze": Trade("RFROZEN", "SOURCE_OPERAIION_UNFROZEN", True),
    "to deposit": Trade("TRANS", "SOURCE_OPERAIION_TRANS_TO_FOREGIFT", False, between=ledger.DEPOSIT),
    "from deposit": Trade("TRANS", "SOURCE_OPERAIION_TRANS_TO_BALANCE", True, between=ledger.DEPOSIT),
    "adjust": Trade("ADJUST", "SOURCE_OPERAIION_ADJUST", None, ADJUSTMENT),
    "grant credit": Trade("ADJUST", "SOURCE_OPERAIION_ADJUST_CREDIT", None, ADJUSTMENT),
    ledger.ALLOCATE: Trade("BEADJUST", "SOURCE_OPERATION_BEADJUST", None),
    ledger.RECLAIM: Trade("BERETRIEVE", "SOURCE_OPERATION_BERETRIEVE", None),
    ledger.UNBIND: Trade("BEUNBIND", "SOURCE_OPERATION_BEUNBIND", None),
    "expire": Trade("EXPIRED", "SOURCE_OPERAIION_EXPIRECLEAR", False),
    "convert reward": Trade("BONUSCONVERT", "SOURCE_OPERAIION_CONVERT_BONUS", True, REBATE, ledger.REWARD),
    "change trade mode": Trade("TRADE_MODE_TRANSFER", "SOURCE_OPERATION_TRADEMODE_TRANSFER", None, MODE_CHANGE),
    "pledge": Trade("DEPOSIT", "SOURCE_OPERAIION_TRANS_TO_FOREGIFT", False, between=ledger.DEPOSIT),
}
GRANT_CREDIT = "grant credit"
# Money between a partner and its customer or reseller; the first leaves the partner, the others come back to it.
ADJUSTMENTS = (ledger.ALLOCATE, ledger.RECLAIM, ledger.UNBIND)
SPENDING = (ledger.CONSUME, ledger.REFUND)


def reasons(trade_type: str | None) -> Collection[str] | None:
    """What is meant by a type; nothing by one that is none, and anything by None."""
    return None if trade_type is None else [name for name, trade in TRADES.items() if trade.type == trade_type]


def reason(trade_type: str, *, income: bool) -> str | None:
    """Why money comes or goes with a type, None where the type is only known the other way round."""
    return next((name for name, one in TRADES.items() if one.type == trade_type and one.income in (None, income)), None)
