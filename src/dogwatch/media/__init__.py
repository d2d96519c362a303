"""Bytes and pictures: sources, packets, fragmented MP4, playlists, still pictures, overlays."""
