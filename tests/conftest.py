"""Short cuts of the sample film, for tests that want real people."""

from __future__ import annotations

import av
import cv2
import pytest

from vitruvian.weights import obtain

_FRAMES = range(48, 68)
_SIZE = (884, 496)


def _pictures(wanted):
    """Some frames of the sample film at half their size."""
    with av.open(str(obtain("demo-film"))) as film:
        for number, picture in enumerate(film.decode(video=0)):
            if number in wanted:
                yield cv2.resize(picture.to_ndarray(format="rgb24"), _SIZE)
            if number >= wanted[-1]:
                return


@pytest.fixture(scope="session")
def roof_film(tmp_path_factory):
    """Two thirds of a second: a man on a roof swings both arms over his head."""
    path = tmp_path_factory.mktemp("film") / "roof.mp4"
    with av.open(str(path), "w") as part:
        stream = part.add_stream("mpeg4", rate=30)
        stream.width, stream.height = _SIZE
        stream.bit_rate = 8_000_000
        for image in _pictures(_FRAMES):
            part.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        part.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def roof_photo(tmp_path_factory):
    """The man has both arms up, and a woman walks on the lawn."""
    path = tmp_path_factory.mktemp("photo") / "roof.png"
    (image,) = _pictures([60])
    cv2.imwrite(str(path), image[..., ::-1])
    return path
