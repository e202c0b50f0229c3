"""Films as MP4, written by ffmpeg where it is installed: the frames go to it as plain pixels, one by one."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtGui import QImage

from gradviz.errors import ExportError
from gradviz.export.formats import Options
from gradviz.export.picture import Picture
from gradviz.ui.raster import SCALE, image

MISSING = "MP4 needs ffmpeg, which is not installed; install it (such as apt install ffmpeg), or choose GIF"
SECONDS_LIMIT = 300.0
_CODECS = (("libx264", "-preset", "veryfast", "-crf", "18"), ("mpeg4", "-q:v", "2"))


def encoder() -> str | None:
    """The path of ffmpeg; None where there is none."""
    return shutil.which("ffmpeg")


def mp4(
    pictures: Iterable[Picture], options: Options | None = None, *, scale: float = SCALE, seconds: float = 0.8
) -> bytes:
    """The pictures one after the other, each for that long, as MP4. Raises ExportError when ffmpeg can't."""
    program = encoder()
    if program is None:
        raise ExportError(MISSING)
    frames = [_pixels(image(picture, options or Options(), scale=scale)) for picture in pictures]
    if not frames:
        raise ExportError("a film needs at least one picture")
    trouble = ""
    with tempfile.TemporaryDirectory(prefix="gradviz-") as folder:
        target = Path(folder) / "film.mp4"
        for codec in _CODECS:
            trouble = _encode(program, codec, frames, target, seconds)
            if not trouble:
                return target.read_bytes()
    raise ExportError(f"ffmpeg could not write the film: {trouble}")


def _pixels(drawn: QImage) -> QImage:
    return drawn.convertToFormat(QImage.Format.Format_RGBA8888)


def _encode(program: str, codec: tuple[str, ...], frames: list[QImage], target: Path, seconds: float) -> str:
    """Run ffmpeg; gives the last line that it complains with, "" when all went well."""
    size = f"{frames[0].width()}x{frames[0].height()}"
    command = [program, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", size]
    command += ["-r", f"{1.0 / seconds:.6f}", "-i", "-", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,fps=25"]
    command += ["-c:v", *codec, "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(target)]
    pixels = b"".join(bytes(frame.constBits()) for frame in (*frames, frames[-1]))  # the last one is held
    try:
        done = subprocess.run(command, input=pixels, capture_output=True, timeout=SECONDS_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return f"it took longer than {SECONDS_LIMIT:.0f} s"
    except OSError as error:
        return error.strerror or str(error)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return (lines[-1] if lines else "it gave no reason") if done.returncode else ""
