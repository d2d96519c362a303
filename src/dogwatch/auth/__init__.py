"""Who is asking, and what may they do.

- `caller`: the identity that a request carries once it is known.
- `policy`: the one table from route to permission.
- `passwords`, `tokens`, `secret`: how a user proves who they are.
- `authority`: logging in, verdicts, accounts; `proxy`: identities that a proxy in front has established.
- `limits`: how often an address may try; `addresses`: which address that is.
- `files`: which camera a file or a stream belongs to.
"""
