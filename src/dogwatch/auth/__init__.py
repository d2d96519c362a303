"""Finds out who sends a request, and what they may do.

- `caller`: the identity of a request's sender.
- `passwords`, `tokens`, `secret`: how a user proves who they are.
- `accounts`: users, their passwords and roles; `authority`: logging in, and identifying requests.
- `proxy`: identities that a reverse proxy has established; `roles`: the role for a user's groups.
- `oidc`: logging in at an OpenID Connect provider; `oidc_provider` asks it, `provider_transport` limits its answers,
  `id_tokens` checks what it says, `login_state` ties its answer to the browser.
- `limits`: rate limits of logins by address; `addresses`: the address of a client, also behind proxies.
- `hosts`: the host names for which the port without login answers.
"""
