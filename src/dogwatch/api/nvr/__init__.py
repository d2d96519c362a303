"""The routers of the NVR API: one module a resource, each with a `router`."""
