"""Bytes and pictures. All of PyAV is here.

- From the camera: `source` (opens a stream, `synthetic` and `street` draw one), `packets`, `audio`, `decode`,
  `timestamp_repair`, `timeline` (stream time to wall-clock time), `stream_changes`.
- Codecs: `nal`, `parameter_sets`, `random_access`, `configuration_record`, `codecs`.
- Written: `writer` and `segment_writer` (recordings), `live_muxer` (live streams), `timelapse`.
- Encoded live: `live_encoder` (H.264, MPEG-1), `live_decoder`, `live_sound`, `mosaic` (a picture of several).
- Recorded files: `boxes`, `fragments`, `moof`, `moof_arrays`, `init_section`; `footage` (packets), `still` (a picture).
- Plain MP4 files of another program, which play as if they had fragments: `plain_file`, `plain_init`.
- Served: `hls` (playlists), `pieces`, `clip` and `sample_tables` (MP4 clips), `virtual_file`.
- Pictures: `jpeg`, `picture`, `picture_pool` (threads and memory for them), `overlay`.
"""
