"""The HTTP and WebSocket interface: routers are thin, the rules lie in the packages below.

- `app`: puts the routers of `nvr/` together; `access`: the guard before every route.
- `listeners`, `tls`: the sockets. The socket on which a request comes in decides whether a login is needed.
- `services`: what handlers work with; `errors`: how they say no.
- `live_pictures`, `live_streams`: what is seen now, encoded once for all who look.
"""
