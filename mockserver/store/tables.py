"""Every table of a sandbox.

Times are UTC texts in the documented form (``2026-01-31T08:05:01Z``): they sort, compare and travel as they are.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from mockserver.store.money import Money

metadata = MetaData()

principals = Table(
    "principals",
    metadata,
    Column("name", String, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("user_name", String, nullable=False),
    Column("password", String, nullable=False),
    Column("ak", String, nullable=False, unique=True),
    Column("sk", String, nullable=False),
    Column("ak_enabled", Boolean, nullable=False, default=True),
    # Permission items of an operator user; NULL is the account itself, which may do everything.
    Column("permissions", JSON(none_as_null=True)),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("kind", String(24), nullable=False),
    # A reseller's distributor, an enterprise member's master.
    Column("parent_id", ForeignKey("accounts.id")),
    # Why a partner may not win customers: restricted, delisted, test. NULL: it may.
    Column("standing", String(16)),
    # A partner's sales platform, as Huawei names it: also the name of its customers' agencies.
    Column("xaccount_type", String(64)),
    # A partner's company; a customer's stands in its own row, as its partner has it.
    Column("real_name", String(128)),
    Column("country_code", String(8)),
    Column("mobile", String(32), index=True),
    Column("email", String(256), index=True),
    Column("area", String(2)),
    Column("password", String),
    Column("created_at", String(20), nullable=False),
)

customers = Table(
    "customers",
    metadata,
    # Rises in the order of registration: a stable order for paging while customers are added.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", ForeignKey("accounts.id"), nullable=False, unique=True),
    Column("partner_id", ForeignKey("accounts.id"), nullable=False),
    Column("association", String(8), nullable=False),
    # When the association is completed; it may lie ahead, and nobody sees the customer before.
    Column("associated_on", String(20), nullable=False),
    # When it ended, where it did.
    Column("dissociated_on", String(20)),
    Column("real_name", String(128)),
    Column("label", String(64)),
    Column("verified_status", Integer, nullable=False, default=-1),
    Column("customer_type", Integer, nullable=False, default=-1),
    Column("frozen", Integer, nullable=False, default=0),
    Column("level", String(2)),
    Column("account_manager", String(128)),
    Column("xaccount_id", String(128), unique=True),
    Column("xaccount_type", String(64)),
    Column("marketing_messages", Boolean, nullable=False, default=True),
    # China site only: a customer of the model 转售, whose use its partner pays; it has no account with money.
    Column("billed_to_partner", Boolean, nullable=False, default=False),
    # Lists in order and counts without looking at the rows themselves.
    Index("customers_of_partner", "partner_id", "number", "associated_on", "dissociated_on"),
)

ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    Column("id", String(32), primary_key=True),
    # NULL: the world outside (banks, Huawei's own books), so that every movement has two sides.
    Column("owner_id", ForeignKey("accounts.id")),
    Column("type", Integer, nullable=False),
    Column("balance", Money, nullable=False),
    Column("designated", Money, nullable=False),
    Column("credit_line", Money, nullable=False),
    UniqueConstraint("owner_id", "type"),
)

movements = Table(
    "movements",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", String(20), nullable=False),
    # What it is for, see domain/trades.py.
    Column("reason", String(32), nullable=False),
    Column("remark", String(512)),
    # Which way money came in or went out; NULL: the usual one of the reason.
    Column("channel", String(8)),
    Column("channel_no", String(64)),
    Column("order_id", String(64)),
)

entries = Table(
    "entries",
    metadata,
    # Rises in the order of booking: the running balance of an account is the sum up to here.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("movement_id", ForeignKey("movements.id"), nullable=False),
    Column("ledger_account_id", ForeignKey("ledger_accounts.id"), nullable=False),
    Column("amount", Money, nullable=False),
    UniqueConstraint("movement_id", "ledger_account_id"),
    Index("entries_of_account", "ledger_account_id", "number"),
)

verification_codes = Table(
    "verification_codes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("receiver", String(256), nullable=False, index=True),
    # What it is good for, see domain/verification.py.
    Column("purpose", String(80), nullable=False),
    Column("code", String(6), nullable=False),
    Column("message", String, nullable=False),
    Column("sent_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    # Used or replaced by a newer one.
    Column("closed", Boolean, nullable=False, default=False),
)

# What will happen by itself, see domain/due.py.
due = Table(
    "due",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(20), nullable=False, index=True),
    Column("event", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Index("due_of_subject", "subject", "event"),
)

sequences = Table(
    "sequences",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)

# What a customer of the international site may spend (set by its partner), and every change of that.
budgets = Table(
    "budgets",
    metadata,
    Column("customer_id", ForeignKey("accounts.id"), primary_key=True),
    Column("amount", Money, nullable=False),
    Column("type", String(8), nullable=False),
    # 1: the customer is frozen when the budget is spent, 0: nothing happens by itself.
    Column("freezes", Integer, nullable=False),
    Column("set_at", String(20), nullable=False),
)

budget_records = Table(
    "budget_records",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("partner_id", ForeignKey("accounts.id"), nullable=False),
    Column("at", String(20), nullable=False),
    Column("operation", String(8), nullable=False),
    Column("amount", Money, nullable=False),
    Column("type", String(8), nullable=False),
    Column("operator", String(64), nullable=False),
)

# What Huawei lets a customer with monthly settlement spend in a month.
expenditure_quotas = Table(
    "expenditure_quotas",
    metadata,
    Column("customer_id", ForeignKey("accounts.id"), primary_key=True),
    Column("amount", Money, nullable=False),
)

realname_cases = Table(
    "realname_cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", ForeignKey("accounts.id"), nullable=False, index=True),
    # 0: individual, 1: enterprise.
    Column("kind", Integer, nullable=False),
    Column("name", String(255), nullable=False),
    Column("certificate", String(32), nullable=False, index=True),
    # In the order in which they were sent.
    Column("attachments", JSON, nullable=False),
    # From an individual that was verified to an enterprise.
    Column("change", Boolean, nullable=False),
    Column("country", String(10)),
    Column("address", String(256)),
    Column("submitted_at", String(20), nullable=False),
    # 0: in review, 1: rejected, 2: passed.
    Column("result", Integer, nullable=False),
    Column("opinion", String(256)),
    Column("decided_at", String(20)),
)

realname_qr_codes = Table(
    "realname_qr_codes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("customer_id", ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("scanned_at", String(20)),
)

# Coupons, domain/coupon_book.py: quotas and coupons hold value, and it only goes from one to another.

coupon_quotas = Table(
    "coupon_quotas",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("owner_id", ForeignKey("accounts.id"), nullable=False, index=True),
    # The distributor's quota from which a reseller got this one.
    Column("parent_id", ForeignKey("coupon_quotas.id"), index=True),
    Column("type", Integer, nullable=False),
    Column("value", Money, nullable=False),
    Column("balance", Money, nullable=False),
    # What was done with it; that it has expired or is being adjusted says the clock.
    Column("status", Integer, nullable=False),
    Column("adjusting_until", String(20)),
    Column("created_at", String(20), nullable=False),
    Column("updated_at", String(20), nullable=False),
    Column("effective_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    Column("limits", JSON, nullable=False),
    Column("terms", JSON, nullable=False),
    CheckConstraint("balance BETWEEN 0 AND value"),
)

coupons = Table(
    "coupons",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("code", String(64), nullable=False),
    Column("type", Integer, nullable=False),
    Column("holder_id", ForeignKey("accounts.id"), nullable=False, index=True),
    # NULL, both: Huawei gave it.
    Column("issuer_id", ForeignKey("accounts.id"), index=True),
    Column("quota_id", ForeignKey("coupon_quotas.id"), index=True),
    Column("plan_id", String(64), nullable=False),
    Column("face_value", Money, nullable=False),
    Column("balance", Money, nullable=False),
    # open, used, reclaimed; that it has expired says the clock.
    Column("state", String(16), nullable=False),
    Column("frozen", Boolean, nullable=False),
    Column("lock_order_id", String(64)),
    Column("order_id", String(64)),
    Column("created_at", String(20), nullable=False),
    Column("effective_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    # Since when it is no good any more: when it expires, or before that when it was used up or taken back.
    Column("ended_at", String(20), nullable=False),
    Column("last_used_at", String(20)),
    Column("limits", JSON, nullable=False),
    CheckConstraint("balance BETWEEN 0 AND face_value"),
)

# Every movement of coupon value, and those that failed (result -1), which moved nothing.
coupon_records = Table(
    "coupon_records",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("at", String(20), nullable=False),
    Column("operation", String(8), nullable=False),
    Column("result", String(2), nullable=False),
    # Quotas or coupons; NULL is outside: Huawei's promotions before, orders after.
    Column("source_id", String(64), index=True),
    Column("target_id", String(64), index=True),
    Column("amount", Money, nullable=False),
    Column("quota_id", String(64)),
    Column("quota_type", Integer),
    Column("parent_quota_id", String(64)),
    Column("coupon_id", String(64)),
    Column("coupon_balance", Money),
    # Who has the coupon, or the reseller that has the quota.
    Column("holder_id", String(64), index=True),
    # Whose quota it is about, the distributor for what it gave to its resellers.
    Column("partner_id", String(64), index=True),
    Column("operator", String(64)),
    Column("remark", String),
    Column("order_id", String(128)),
)

stored_value_cards = Table(
    "stored_value_cards",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(128), nullable=False),
    Column("holder_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("face_value", Money, nullable=False),
    Column("balance", Money, nullable=False),
    Column("effective_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    CheckConstraint("balance BETWEEN 0 AND face_value"),
)

# What a partner takes off for a customer; a newer one of the same two replaces it.
partner_discounts = Table(
    "partner_discounts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("partner_id", ForeignKey("accounts.id"), nullable=False),
    Column("customer_id", ForeignKey("accounts.id"), nullable=False),
    Column("discount", Money, nullable=False),
    Column("effective_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
    UniqueConstraint("partner_id", "customer_id"),
)

# Framework agreements with Huawei Cloud; what they say is in fixtures/reference/discounts.yaml.
agreements = Table(
    "agreements",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("code", String(64), nullable=False),
    Column("holder_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("discount", Money, nullable=False),
    Column("effective_at", String(20), nullable=False),
    Column("expires_at", String(20), nullable=False),
)
