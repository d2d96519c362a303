"""The HTTP and WebSocket interfaces: routers are thin, the rules are in the packages that they call.

`nvr/` is the NVR API, and `page/` the built-in page. Here is what all surfaces share:

- `surface`: one API with its routes, policy, form of refusals and listeners; `surfaces` lists all, `app` puts them
  together, `guarded_route` matches a request once and checks its permission, `late_route` spares the start.
- `guard`: identifies callers on surfaces with accounts; `cross_site`: what pages of other sites may not do.
- `verdicts`: answers proxies that ask for a permission; `open_requests`: answers that end with their session.
- `listener`, `listeners`, `server`, `timeouts`, `tls`, `self_signed`: the sockets. The one on which a request comes in
  decides which surfaces answer it.
- `errors`: how a request is refused; `wire`: rules for every answer.
- `ranges`, `conditions`, `pictures`, `sockets`: kinds of answers. `filters`, `numbers`, `paths`: kinds of parameters.
  `json_bodies`, `arrivals`: how a body and a client's address are read; `multipart`, `raw_bodies`: bodies that are no
  JSON of a model. `file_scope`: which camera a file belongs to.
- `services`: what handlers of the NVR use.
"""
