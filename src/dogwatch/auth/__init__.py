"""Who is asking, and what may they do.

- `caller`: the identity that a request carries once it is known.
- `passwords`, `tokens`, `secret`: how a user proves who they are.
- `accounts`: users and what may be changed of them; `authority`: logging in and verdicts.
- `proxy`: identities that a proxy in front has established.
- `limits`: how often an address may try; `addresses`: which address that is.
- `hosts`: which names the port without log-in answers to.
"""
