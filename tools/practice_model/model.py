"""gpt-oss in plain PyTorch, F32, computed as llama.cpp computes it.

Source: llama.cpp src/models/openai-moe.cpp and ggml's rope, sinks and clamped SwiGLU.  Each
half of a batch has its shape: one prefix of P tokens, and K continuations of up to C tokens
that all see the prefix.  N is the number of all real tokens, P + M.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from tools.practice_model import mxfp4
from tools.practice_model.batches import Batch
from tools.practice_model.checkpoint import BLOCK_TENSORS, Checkpoint, block_name
from tools.practice_model.shape import PRACTICE, Shape

_GATE_LIMIT: Final = 7.0
_GATE_SLOPE: Final = 1.702
"""Of gpt-oss's SwiGLU (openai/gpt-oss gpt_oss/torch/model.py)."""

_MASKED: Final = -1e9
_FAST_BETA: Final = 32.0
_SLOW_BETA: Final = 1.0
"""YaRN's bounds in rotations (arXiv 2309.00071), llama.cpp's defaults."""

_NEGATIVES: Final = 1536
"""Random wrong answers per batch in the sampled softmax."""


def initial_weights(known_tokens: int, shape: Shape = PRACTICE) -> dict[str, Tensor]:
    """Random weights to start from; the outputs of attention and experts are zero."""
    width, inner = shape.width, shape.expert_width
    queries = shape.heads * shape.head_width
    keys = shape.kv_heads * shape.head_width

    def random(*sizes: int) -> Tensor:
        return torch.randn(*sizes) * sizes[-1] ** -0.5

    weights = {
        "embedding": torch.randn(known_tokens + 1, width) * 0.5,
        "unknown_output": torch.zeros(width),
        "final_norm": torch.full((width,), 0.2),
    }
    for layer in range(shape.layers):
        block = {
            "attention_norm": torch.ones(width),
            "expert_norm": torch.ones(width),
            "query": random(queries, width),
            "query_bias": torch.zeros(queries),
            "key": random(keys, width),
            "key_bias": torch.zeros(keys),
            "value": random(keys, width),
            "value_bias": torch.zeros(keys),
            "output": torch.zeros(width, queries),
            "output_bias": torch.zeros(width),
            "sinks": torch.zeros(shape.heads),
            "router": random(shape.experts, width),
            "router_bias": torch.zeros(shape.experts),
            "gate": random(shape.experts, inner, width),
            "gate_bias": torch.zeros(shape.experts, inner),
            "up": random(shape.experts, inner, width),
            "up_bias": torch.zeros(shape.experts, inner),
            "down": torch.zeros(shape.experts, width, inner),
            "down_bias": torch.zeros(shape.experts, width),
        }
        weights.update({block_name(layer, name): block[name] for name in BLOCK_TENSORS})
    return weights


@dataclass(frozen=True)
class _Masks:
    """What may be attended to: all but the window, or only the window."""

    prefix: Tensor
    own: Tensor
    prefix_from: int
    own_to_prefix: Tensor | None


class PracticeModel:
    """The weights and the forward pass.

    Attributes:
        weights: leaves that training changes.
        rounds_experts: compute with MXFP4 experts; gradients pass straight through.
        frequencies: of the rotary positions.
        balance_loss: how unevenly the experts were used in the last `hidden` call.
    """

    def __init__(self, weights: dict[str, Tensor], shape: Shape = PRACTICE) -> None:
        self.weights = {name: one.detach().requires_grad_(True) for name, one in weights.items()}
        self.rounds_experts = False
        self.balance_loss: Tensor = torch.zeros(())
        self._shape = shape
        self.frequencies = _yarn_frequencies(shape)
        self._magnitude = 1.0 + 0.1 * math.log(shape.rope_factor)

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> PracticeModel:
        """The model a checkpoint holds."""
        return cls({name: torch.tensor(one) for name, one in checkpoint.weights.items()})

    def hidden(self, batch: Batch) -> Tensor:
        """The normalised residual stream after the last block, (N, width)."""
        angles = batch.positions.double()[:, None] * self.frequencies[None]
        turn = (
            (angles.cos() * self._magnitude).float()[:, None],
            (angles.sin() * self._magnitude).float()[:, None],
        )
        masks = [_masks(batch, self._shape.window), _masks(batch, None)]
        self.balance_loss = torch.zeros(())
        stream = self.weights["embedding"][batch.rows]
        for layer in range(self._shape.layers):
            stream = stream + self._attention(layer, stream, turn, batch, masks[layer % 2])
            stream = stream + self._experts(layer, stream)
        return self._norm(stream, self.weights["final_norm"])

    def loss(self, batch: Batch, unknown_tokens: int) -> Tensor:
        """Cross entropy at each predicted place, (places,): a sampled softmax.

        Against the unknown tokens together, every target of the batch and some random others
        with importance weights; all 201,088 would cost most of the time.

        Args:
            batch: what to predict.
            unknown_tokens: how many tokens share the row of the unknown.
        """
        embedding = self.weights["embedding"]
        targets, places = torch.unique(batch.targets, return_inverse=True)
        is_other = torch.ones(len(embedding), dtype=torch.bool)
        is_other[targets] = False
        is_other[0] = False
        others = is_other.nonzero()[:, 0]
        drawn = others[torch.randperm(len(others))[:_NEGATIVES]]
        rows = torch.cat(
            [self.weights["unknown_output"][None], embedding[targets], embedding[drawn]]
        )
        logits = self.hidden(batch)[batch.predicted_from] @ rows.T
        bias = torch.zeros(len(rows))
        bias[0] = math.log(max(1, unknown_tokens))
        bias[1 + len(targets) :] = math.log(len(others) / max(1, len(drawn)))
        result: Tensor = torch.nn.functional.cross_entropy(
            logits + bias, places + 1, reduction="none"
        )
        return result

    def _norm(self, stream: Tensor, scale: Tensor) -> Tensor:
        mean = stream.pow(2).mean(-1, keepdim=True)
        return stream * torch.rsqrt(mean + self._shape.epsilon) * scale

    def _block(self, layer: int) -> Callable[[str], Tensor]:
        return lambda name: self.weights[block_name(layer, name)]

    def _attention(
        self,
        layer: int,
        stream: Tensor,
        turn: tuple[Tensor, Tensor],
        batch: Batch,
        masks: _Masks,
    ) -> Tensor:
        shape, weight = self._shape, self._block(layer)
        seen = self._norm(stream, weight("attention_norm"))

        def heads(name: str, count: int) -> Tensor:
            return (seen @ weight(name).T + weight(f"{name}_bias")).view(
                -1, count, shape.head_width
            )

        query = _rotated(heads("query", shape.heads), *turn) * shape.head_width**-0.5
        key = _rotated(heads("key", shape.kv_heads), *turn)
        value = heads("value", shape.kv_heads)
        sinks = weight("sinks").view(shape.kv_heads, -1, 1, 1)
        parts = []
        if batch.prefix_tokens:
            parts.append(self._attend_prefix(query, key, value, sinks, batch, masks))
        if len(batch.rows) > batch.prefix_tokens:
            parts.append(self._attend_own(query, key, value, sinks, batch, masks))
        return torch.cat(parts) @ weight("output").T + weight("output_bias")

    def _attend_prefix(
        self, query: Tensor, key: Tensor, value: Tensor, sinks: Tensor, batch: Batch, masks: _Masks
    ) -> Tensor:
        shape, tokens = self._shape, batch.prefix_tokens
        queries = query[:tokens].view(tokens, shape.kv_heads, -1, shape.head_width)
        queries = queries.permute(1, 2, 0, 3)
        scores = queries @ key[:tokens].permute(1, 2, 0)[:, None] + masks.prefix
        highest = torch.maximum(scores.amax(-1, keepdim=True), sinks).detach()
        shares = (scores - highest).clamp_min(-80.0).exp()
        total = shares.sum(-1, keepdim=True) + (sinks - highest).exp()
        mixed = shares @ value[:tokens].permute(1, 0, 2)[:, None] / total
        return mixed.permute(2, 0, 1, 3).reshape(tokens, -1)

    def _attend_own(
        self, query: Tensor, key: Tensor, value: Tensor, sinks: Tensor, batch: Batch, masks: _Masks
    ) -> Tensor:
        """Each continuation sees the prefix and what came before in itself."""
        shape, start = self._shape, batch.prefix_tokens
        count, length = batch.places.shape
        groups, width = shape.kv_heads, shape.head_width

        def padded(heads: Tensor) -> Tensor:
            flat = heads[start:].flatten(1)
            with_pad = torch.cat([flat, flat.new_zeros(1, flat.shape[1])])
            return with_pad[batch.places].view(count, length, groups, -1, width)

        queries = padded(query).permute(0, 2, 3, 1, 4).reshape(count, groups, -1, width)
        keys = padded(key)[:, :, :, 0].permute(0, 2, 3, 1)
        values = padded(value)[:, :, :, 0].permute(0, 2, 1, 3)
        by_head = (count, groups, -1, length)
        scores = (queries @ keys).view(*by_head, length) + masks.own
        highest = torch.maximum(scores.amax(-1, keepdim=True), sinks[None])
        if start:
            past_key = key[masks.prefix_from : start].permute(1, 2, 0)
            past_value = value[masks.prefix_from : start].permute(1, 0, 2)
            past = (queries @ past_key).view(*by_head, past_key.shape[-1])
            if masks.own_to_prefix is not None:
                past = past + masks.own_to_prefix
            highest = torch.maximum(highest, past.amax(-1, keepdim=True))
        highest = highest.detach()
        shares = (scores - highest).clamp_min(-80.0).exp()
        total = shares.sum(-1, keepdim=True) + (sinks - highest).exp()
        mixed = (shares.flatten(2, 3) @ values).view(*by_head, width)
        if start:
            past_shares = (past - highest).clamp_min(-80.0).exp()
            total = total + past_shares.sum(-1, keepdim=True)
            mixed = mixed + (past_shares.flatten(2, 3) @ past_value).view(*by_head, width)
        return (mixed / total).permute(0, 3, 1, 2, 4).reshape(count * length, -1)[batch.valid]

    def _experts(self, layer: int, stream: Tensor) -> Tensor:
        shape, weight = self._shape, self._block(layer)
        seen = self._norm(stream, weight("expert_norm"))
        logits = seen @ weight("router").T + weight("router_bias")
        best, chosen = logits.topk(shape.experts_used, -1)
        shares = best.softmax(-1)
        order = chosen.flatten().argsort(stable=True)
        counts = torch.bincount(chosen.flatten(), minlength=shape.experts)
        use = counts / chosen.numel()
        self.balance_loss = (
            self.balance_loss + shape.experts * (logits.softmax(-1).mean(0) * use).sum()
        )
        gate, up, down = (self._rounded(weight(name)) for name in ("gate", "up", "down"))
        tokens = order // shape.experts_used
        parts = []
        inputs = seen[tokens].split(counts.tolist())
        shares_by_expert = shares.flatten()[order].split(counts.tolist())
        for expert, (mine, share) in enumerate(zip(inputs, shares_by_expert, strict=True)):
            gated = torch.addmm(weight("gate_bias")[expert], mine, gate[expert].T)
            linear = torch.addmm(weight("up_bias")[expert], mine, up[expert].T)
            gated = gated.clamp(max=_GATE_LIMIT)
            linear = linear.clamp(-_GATE_LIMIT, _GATE_LIMIT)
            inner = gated * torch.sigmoid(_GATE_SLOPE * gated) * (linear + 1.0)
            out = torch.addmm(weight("down_bias")[expert], inner, down[expert].T)
            parts.append(out * share[:, None])
        return torch.zeros_like(stream).index_add(0, tokens, torch.cat(parts))

    def _rounded(self, weights: Tensor) -> Tensor:
        if not self.rounds_experts:
            return weights
        exact = torch.from_numpy(mxfp4.rounded(weights.detach().numpy()))
        return weights + (exact - weights).detach()


def _masks(batch: Batch, window: int | None) -> _Masks:
    tokens = batch.prefix_tokens
    order = torch.arange(tokens)
    distance = order[:, None] - order[None]
    allowed = distance >= 0
    if window is not None:
        allowed = allowed & (distance < window)
    prefix = torch.where(allowed, 0.0, _MASKED)
    length = batch.places.shape[1]
    own_distance = batch.own_positions[:, :, None] - batch.own_positions[:, None, :]
    own = torch.ones(length, length, dtype=torch.bool).tril()[None]
    own = own & (batch.places < len(batch.rows) - tokens)[:, None, :]
    if window is None:
        return _Masks(prefix, torch.where(own, 0.0, _MASKED)[:, None, None], 0, None)
    own = own & (own_distance < window)
    start = max(0, tokens - window)
    to_prefix = batch.own_positions[:, :, None] - torch.arange(start, tokens)
    own_to_prefix = torch.where(to_prefix < window, 0.0, _MASKED)[:, None, None]
    return _Masks(prefix, torch.where(own, 0.0, _MASKED)[:, None, None], start, own_to_prefix)


def _rotated(heads: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotary positions in the NeoX order: the halves of a head belong together."""
    first, second = heads.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


def _yarn_frequencies(shape: Shape) -> Tensor:
    """Angle per position for each of the head's half width of dimensions, F64."""
    width = shape.head_width
    index = torch.arange(0, width // 2).double()
    extrapolated = shape.rope_base ** (-2.0 * index / width)

    def dimension(rotations: float) -> float:
        turns = shape.trained_context / (rotations * 2.0 * math.pi)
        return width * math.log(turns) / (2.0 * math.log(shape.rope_base))

    low = max(0, math.floor(dimension(_FAST_BETA)))
    high = min(width - 1, math.ceil(dimension(_SLOW_BETA)))
    ramp = 1.0 - ((index - low) / max(0.001, high - low)).clamp(0.0, 1.0)
    return extrapolated / shape.rope_factor * (1.0 - ramp) + extrapolated * ramp
