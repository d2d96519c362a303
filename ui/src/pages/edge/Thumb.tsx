import { Play } from "lucide";
import { useState } from "preact/hooks";
import { Icon } from "../../components/Icon";
import { edgeAddress } from "./api";
import { pictureAt, SPRITE_PICTURES } from "./sprite";

interface Props {
  label: string;
  path: string;
  sprite: boolean;
  thumbnail: boolean;
  onOpen: () => void;
}

/** The picture of a recording; a pointer that moves over it shows what happens in it. */
export function Thumb({ label, path, sprite, thumbnail, onOpen }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const scrub = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    setAt(pictureAt((event.clientX - left) / width));
  };
  const strip = {
    backgroundImage: `url("${edgeAddress("sprite", { video_path: path })}")`,
    backgroundSize: `${SPRITE_PICTURES * 100}% 100%`,
    backgroundPosition: `${((at ?? 0) / (SPRITE_PICTURES - 1)) * 100}% 0`,
  };
  return (
    <button
      type="button"
      class="edge-thumb"
      aria-label={label}
      onClick={onOpen}
      onPointerMove={sprite ? scrub : undefined}
      onPointerLeave={() => setAt(null)}
      onPointerCancel={() => setAt(null)}
    >
      {thumbnail && <img src={edgeAddress("thumbnail", { video_path: path })} alt="" loading="lazy" />}
      {at === null ? (
        <span class="edge-play">
          <Icon icon={Play} />
        </span>
      ) : (
        <>
          <span class="edge-strip" style={strip} />
          <span class="edge-place" style={{ width: `${((at + 1) / SPRITE_PICTURES) * 100}%` }} />
        </>
      )}
    </button>
  );
}
