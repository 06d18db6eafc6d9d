"""The peers as one shape: given the maps of the references, score the maps of a picture."""

from dataclasses import dataclass

import torch
from benchmarks.real.anomalib_models import STRIDE, AnomalyDINOModel, InferenceBatch, PatchcoreModel

Maps = dict[str, torch.Tensor]
"""The encoder's maps of one picture: name → 1×C×h×w, all of one size."""

LAYERS = ("s16b7", "s16b10")
LARGEST_COMPARISON = 100_000_000
"""Query patches × bank patches. AnomalyDINO holds that matrix several times over: more does not
fit into the memory of a small machine."""


class PatchCore:
    """anomalib's PatchCore: full bank (no coreset at a handful of references), nine neighbours."""

    def __init__(self, references: list[Maps]) -> None:
        self.model = PatchcoreModel(layers=LAYERS, num_neighbors=9)
        self.model.train()
        for maps in references:
            self._run(maps)
        self.model.memory_bank = torch.vstack(self.model.embedding_store)
        self.model.embedding_store.clear()
        self.model.eval()

    def _run(self, maps: Maps) -> InferenceBatch:
        self.model.feature_extractor.maps = maps
        return self.model(_frame(maps))

    def __call__(self, maps: Maps) -> tuple[float, torch.Tensor]:
        """Return the image score and the anomaly map, 1×1×H×W."""
        answer = self._run(maps)
        return float(answer.pred_score), answer.anomaly_map


class AnomalyDINO:
    """anomalib's AnomalyDINO on convolutional maps: nearest neighbour by cosine, mean of top 1 %.

    A vision transformer hands out one vector per patch. Here that vector is PatchCore's embedding
    of the same place (both maps averaged over 3×3 and concatenated), so that the
    two peers differ in matching and scoring only. The method's foreground mask is left out: its
    threshold is made for the magnitudes of DINOv2 features.
    """

    def __init__(self, references: list[Maps]) -> None:
        self.embedder = PatchcoreModel(layers=LAYERS)
        self.model = AnomalyDINOModel(encoder_name="vit_small_patch14_dinov2", masking=False)
        self.model.train()
        for maps in references:
            self._run(maps)
        self.model.fit()
        self.model.eval()

    def _run(self, maps: Maps) -> InferenceBatch:
        pooled = {name: self.embedder.feature_pooler(values) for name, values in maps.items()}
        embedding = self.embedder.generate_embedding(pooled)
        tokens = self.embedder.reshape_embedding(embedding)[None]
        self.model.feature_encoder.maps = {self.model.last_layer: tokens}
        return self.model(_frame(maps))

    def __call__(self, maps: Maps) -> tuple[float, torch.Tensor]:
        """Return the image score and the anomaly map, 1×1×H×W."""
        answer = self._run(maps)
        return float(answer.pred_score), answer.anomaly_map


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table: a peer, the size of its input, and whether references are turned."""

    peer: type[PatchCore] | type[AnomalyDINO]
    size: int
    angles: tuple[int, ...] = (0,)

    def fits(self, references: int) -> bool:
        """Whether the comparison stays within `LARGEST_COMPARISON`."""
        patches = (self.size // STRIDE) ** 2
        return patches * patches * len(self.angles) * references <= LARGEST_COMPARISON


EIGHTHS = tuple(range(0, 360, 45))
"""The angles by which AnomalyDINO's "agnostic" preprocessing turns each reference."""

METHODS: dict[str, Method] = {
    "patchcore-224": Method(PatchCore, 224),
    "patchcore-448": Method(PatchCore, 448),
    "anomalydino-224": Method(AnomalyDINO, 224),
    "anomalydino-448": Method(AnomalyDINO, 448),
    "anomalydino-rotated-224": Method(AnomalyDINO, 224, EIGHTHS),
    "anomalydino-rotated-448": Method(AnomalyDINO, 448, EIGHTHS),
}


def _frame(maps: Maps) -> torch.Tensor:
    """An empty picture that tells the models the size of the frame; they read nothing else."""
    height, width = maps[LAYERS[0]].shape[-2:]
    return torch.zeros(1).expand(1, 3, height * STRIDE, width * STRIDE)
