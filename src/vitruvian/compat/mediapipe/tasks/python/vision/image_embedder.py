"""What a picture, or a part of it, looks like, as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vitruvian.compat.mediapipe.tasks.python.components.containers.embedding_result import (
    Embedding,
    EmbeddingResult,
)
from vitruvian.compat.mediapipe.tasks.python.components.utils import cosine_similarity
from vitruvian.compat.mediapipe.tasks.python.core.base_options import BaseOptions
from vitruvian.compat.mediapipe.tasks.python.core.model_asset import model_asset
from vitruvian.compat.mediapipe.tasks.python.vision.core.image import Image
from vitruvian.compat.mediapipe.tasks.python.vision.core.image_processing_options import (
    ImageProcessingOptions,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.task import Task
from vitruvian.compat.mediapipe.tasks.python.vision.core.upright import (
    as_rgb,
    box_upright,
    quarters_of,
    upright,
)
from vitruvian.compat.mediapipe.tasks.python.vision.core.vision_task_running_mode import (
    VisionTaskRunningMode,
    validate_running_mode,
)
from vitruvian.embed import ImageEmbedder as Embedder

__all__ = ["ImageEmbedder", "ImageEmbedderOptions", "ImageEmbedderResult"]

ImageEmbedderResult = EmbeddingResult
_MODELS = ("mobilenet-v2",)


@dataclass
class ImageEmbedderOptions:
    """How pictures become numbers.

    Args:
        base_options: Which model.
        running_mode: Pictures that stand alone, a film, or a live stream.
        l2_normalize: Whether embeddings have length 1; None is no.
        quantize: Whether embeddings are whole numbers of -128..127; None is no.
        result_callback: Is given (result, image, timestamp_ms) in a live stream.
    """

    base_options: BaseOptions
    running_mode: VisionTaskRunningMode = VisionTaskRunningMode.IMAGE
    l2_normalize: bool | None = None
    quantize: bool | None = None
    result_callback: Callable[[EmbeddingResult, Image, int], None] | None = None


class ImageEmbedder(Task[EmbeddingResult]):
    """Turns pictures into embeddings; made by one of its two class methods.

    Example:
        >>> import numpy as np
        >>> from vitruvian.compat.mediapipe import ImageFormat
        >>> image = Image(image_format=ImageFormat.SRGB, data=np.zeros((240, 320, 3), np.uint8))
        >>> with ImageEmbedder.create_from_model_path("mobilenet-v2") as embedder:
        ...     embedder.embed(image).embeddings[0].embedding.shape
        (1280,)
    """

    @classmethod
    def create_from_model_path(cls, model_path: str) -> ImageEmbedder:
        """One for pictures that stand alone, with the options as they are.

        Args:
            model_path: A ``.tflite`` of yours, or ``"mobilenet-v2"``.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: It is no such model.
        """
        return cls.create_from_options(ImageEmbedderOptions(BaseOptions(model_path)))

    @classmethod
    def create_from_options(cls, options: ImageEmbedderOptions) -> ImageEmbedder:
        """One with options.

        Raises:
            FileNotFoundError: There is no such model file.
            ValueError: An option is not usable.
        """
        validate_running_mode(options.running_mode, options.result_callback)
        with model_asset(options.base_options, _MODELS) as model:
            embedder = Embedder(
                model, l2_normalize=bool(options.l2_normalize), quantize=bool(options.quantize)
            )

        def read(image: Image, about: ImageProcessingOptions, time: float) -> EmbeddingResult:
            quarters = quarters_of(about.rotation_degrees)
            box = box_upright(about.region_of_interest, quarters, (image.width, image.height))
            heads = embedder.heads(upright(as_rgb(image), quarters), box=box)
            # Whole numbers travel as bytes, as they do in MediaPipe.
            vectors = [
                head.view(np.uint8) if head.dtype == np.int8 else head.astype(np.float64)
                for head in heads
            ]
            return EmbeddingResult([Embedding(v, i) for i, v in enumerate(vectors)])

        return cls(read, options.running_mode, options.result_callback, crops=True)

    def embed(
        self, image: Image, image_processing_options: ImageProcessingOptions | None = None
    ) -> EmbeddingResult:
        """The embedding of a picture that stands alone, or of its region of interest.

        Raises:
            ValueError: An argument is not usable, or the mode is not IMAGE.
            RuntimeError: It has been closed.
        """
        return self._ask(image, image_processing_options)

    def embed_for_video(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> EmbeddingResult:
        """The embedding of a film's next frame.

        Args:
            image: The frame.
            timestamp_ms: Its time in milliseconds, later than all before.
            image_processing_options: Which part of it, and which way up it is.

        Raises:
            ValueError: An argument is not usable, or the mode is not VIDEO.
            RuntimeError: It has been closed.
        """
        return self._ask_for_video(image, timestamp_ms, image_processing_options)

    def embed_async(
        self,
        image: Image,
        timestamp_ms: int,
        image_processing_options: ImageProcessingOptions | None = None,
    ) -> None:
        """Send in a live picture; the callback gets its embedding, unless a newer one came first.

        Args:
            image: The picture.
            timestamp_ms: Its time in milliseconds, later than all before.
            image_processing_options: Which part of it, and which way up it is.

        Raises:
            ValueError: An argument is not usable, or the mode is not LIVE_STREAM.
            RuntimeError: It has been closed.
        """
        self._ask_async(image, timestamp_ms, image_processing_options)

    @classmethod
    def cosine_similarity(cls, u: Embedding, v: Embedding) -> float:
        """The cosine of the angle between two embeddings: 1 is the same direction.

        Raises:
            ValueError: They cannot be compared.
        """
        return cosine_similarity.cosine_similarity(u, v)
