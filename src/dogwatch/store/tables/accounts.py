"""The tables of users, their logins, devices and choices, shared links, and tokens that have ended."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from dogwatch.store.tables.base import metadata

users = Table(
    "users",
    metadata,
    Column("username", String(100), primary_key=True),
    Column("role", String(60), nullable=False),
    Column("password_hash", String(300), nullable=False),
    Column("password_changed_at", Float, nullable=False),
    Column("notification_tokens", JSON, nullable=False),
    Column("issuer", String(300), nullable=True, comment="the provider where the user logs in; null with a password"),
    Column("subject", String(255), nullable=True, comment="the user's id there"),
    Index("ix_users_subject", "issuer", "subject", unique=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True, comment="the token's `jti`"),
    Column("username", ForeignKey("users.username", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    Column("used_at", Float, nullable=False, comment="to within some minutes"),
    Column("address", String(60), nullable=False, comment="of the login; a /64 network for IPv6"),
    Column("agent", String(100), nullable=False, comment="what the client called itself at the login"),
    comment="who is logged in; a token without its row here is worth nothing",
)

push_devices = Table(
    "push_devices",
    metadata,
    Column("id", String(32), primary_key=True, comment="the beginning of the SHA-256 of `endpoint`"),
    Column("owner", String(100), nullable=False, index=True),
    Column("owner_kind", String(10), nullable=False, comment="account, listener or proxy"),
    Column("owner_role", String(60), nullable=False, comment="when it was registered"),
    Column(
        "endpoint", Text, nullable=False, comment="where the push service takes messages; whoever knows it can push"
    ),
    Column("p256dh", String(100), nullable=False, comment="the browser's public key, base64url"),
    Column("auth", String(40), nullable=False, comment="the secret that it shares with us, base64url"),
    Column("name", String(100), nullable=False, comment="what the user knows it by"),
    Column(
        "page", String(300), nullable=False, comment="address below which the browser has the page; empty if unknown"
    ),
    Column("created_at", Float, nullable=False),
    Column("delivered_at", Float, comment="when the push service took a message last"),
    Column("failed_at", Float, comment="when one could not be delivered, if none has been since"),
    Column("error", String(300), nullable=False, comment="why"),
    comment="browsers that get notifications, see outputs.push",
)

ui_choices = Table(
    "ui_choices",
    metadata,
    Column("owner", String(100), primary_key=True),
    Column("owner_kind", String(10), primary_key=True, comment="account, listener or proxy"),
    Column("settings", Text, nullable=False, comment="a JSON object that only the page reads"),
    Column("version", Integer, nullable=False, comment="how often it was written"),
    Column("updated_at", Float, nullable=False, index=True),
    comment="what each user has chosen in the page: theme, order of cameras, filters",
)

shares = Table(
    "shares",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True, comment="SHA-256 of what the link ends with"),
    Column("kind", String(10), nullable=False, comment="clip, event or export"),
    Column("camera", String(100), nullable=False, index=True),
    Column("target", String(140), nullable=False, comment="id of the event or export"),
    Column("start_time", Float, nullable=False),
    Column("end_time", Float, nullable=False),
    Column("title", String(200), comment="what its page shows above the video"),
    Column("cover", JSON, comment="what is blacked out and blurred; null if nothing is"),
    Column("owner", String(100), nullable=False),
    Column("owner_kind", String(10), nullable=False, comment="account, listener or proxy"),
    Column("owner_role", String(60), nullable=False, comment="when it was made"),
    Column("address", String(60), nullable=False, comment="from which it was made"),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("state", String(10), nullable=False, comment="preparing, ready or ended"),
    Column("footage_s", Float, comment="seconds of footage in a covered copy"),
    Column("ended_at", Float),
    Column("reason", String(200), nullable=False, comment="why it has ended"),
    Column("uses", Integer, nullable=False, default=0),
    Column("used_at", Float, comment="when it was used last"),
    Index("ix_shares_state_expires", "state", "expires_at"),
    comment="links that need no login, see the package sharing",
)

share_uses = Table(
    "share_uses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("share_id", ForeignKey("shares.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used_at", Float, nullable=False),
    Column("address", String(60), nullable=False),
    Column("what", String(20), nullable=False, comment="page, clip, snapshot or thumbnail"),
    Column("agent", String(100), nullable=False),
    comment="who has used a link; the newest of each",
)

revoked_file_tokens = Table(
    "revoked_file_tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("expires_at", Float, nullable=False, index=True),
    comment="tokens of /api/v1 that have logged out",
)
