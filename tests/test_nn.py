"""Neurons, layers and networks: numbers, parameters and their names, seeds, gradients."""

import math
import random
import statistics
from random import Random

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from glassgrad import MLP, Embedding, Layer, Module, Neuron, Value, softmax


def numbers(values):
    return [float(x) for x in values]


# Forward: numbers by hand.


def test_a_neuron():
    neuron = Neuron(2, activation="linear", seed=0)
    neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 2.0, -1.0, 0.5
    assert neuron([3.0, 4.0]).data == 2.5
    assert neuron([Value(3.0), 4]).data == 2.5


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        ("linear", -0.5),
        ("relu", 0.0),
        ("tanh", math.tanh(-0.5)),
        ("sigmoid", 1 / (1 + math.exp(0.5))),
        ("sin", math.sin(-0.5)),
        ("softplus", math.log(1 + math.exp(-0.5))),
        ("gelu", -0.5 * 0.5 * (1 + math.erf(-0.5 / math.sqrt(2)))),
    ],
)
def test_activations_by_name(activation, expected):
    neuron = Neuron(1, activation=activation, seed=0)
    neuron.weights[0].data, neuron.bias.data = 1.0, -1.0
    assert neuron([0.5]).data == pytest.approx(expected, rel=1e-15)


def test_a_layer_is_its_neurons():
    layer = Layer(3, 2, seed=0)
    x = [0.1, -0.2, 0.3]
    assert numbers(layer(x)) == [neuron(x).data for neuron in layer.neurons]


def test_an_mlp_is_its_layers():
    model = MLP(3, [4, 2], seed=0)
    x = [0.1, -0.2, 0.3]
    assert numbers(model(x)) == numbers(model.layers[1](model.layers[0](x)))


def test_one_output_is_a_value_and_more_are_a_list():
    assert isinstance(MLP(2, [3, 1], seed=0)([1.0, 2.0]), Value)
    outputs = MLP(2, [3, 2], seed=0)([1.0, 2.0])
    assert isinstance(outputs, list)
    assert len(outputs) == 2
    assert isinstance(Layer(2, 1, seed=0)([1.0, 2.0]), Value)


def test_a_hidden_layer_of_one_neuron():
    model = MLP(2, [1, 2], seed=0)
    hidden = model.layers[0].neurons[0]([1.0, 2.0])
    assert numbers(model([1.0, 2.0])) == [n([hidden]).data for n in model.layers[1].neurons]


@pytest.mark.parametrize(
    "row",
    [
        [1.0, -2.0],
        (1, -2),
        np.array([1.0, -2.0]),
        np.array([1, -2], dtype=np.int8),
        [Value(1.0), -2.0],
    ],
    ids=["list", "tuple", "array", "ints", "values"],
)
@pytest.mark.parametrize("model", [Neuron(2, seed=3), Layer(2, 1, seed=3), MLP(2, [2, 1], seed=3)])
def test_kinds_of_rows(model, row):
    assert model(row).data == model([1.0, -2.0]).data


def test_activations_of_an_mlp():
    default = MLP(2, [3, 4, 1], seed=0)
    assert [layer.activation for layer in default.layers] == ["tanh", "tanh", "linear"]
    assert [n.activation for n in MLP(2, [3, 1], activation="relu").layers[0].neurons] == [
        "relu"
    ] * 3
    each = MLP(2, [3, 1], activation=["sigmoid", "tanh"], seed=0)
    assert [layer.activation for layer in each.layers] == ["sigmoid", "tanh"]


# Parameters and their names.


def test_names_of_parameters():
    names = [name for name, _ in MLP(2, [2, 1], seed=0).named_parameters()]
    assert names == [
        "layers.0.neurons.0.weights.0",
        "layers.0.neurons.0.weights.1",
        "layers.0.neurons.0.bias",
        "layers.0.neurons.1.weights.0",
        "layers.0.neurons.1.weights.1",
        "layers.0.neurons.1.bias",
        "layers.1.neurons.0.weights.0",
        "layers.1.neurons.0.weights.1",
        "layers.1.neurons.0.bias",
    ]


def test_a_name_is_the_path_to_the_parameter():
    model = MLP(3, [4, 2], seed=0)
    named = dict(model.named_parameters())
    assert named["layers.0.neurons.3.weights.1"] is model.layers[0].neurons[3].weights[1]
    assert named["layers.1.neurons.0.bias"] is model.layers[1].neurons[0].bias


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (Neuron(3), 4),
        (Layer(3, 2), 8),
        (MLP(3, [4, 4, 1]), 41),  # 4 * 4 + 4 * 5 + 1 * 5, as in the lecture
        (MLP(2, [16, 16, 1]), 337),  # as in micrograd's demo
        (Embedding(5, 3), 15),
    ],
)
def test_how_many_parameters(model, count):
    assert len(model.parameters()) == len(set(model.parameters())) == count


def test_the_lectures_names():
    neuron = Neuron(2, seed=0)
    assert neuron.w is neuron.weights
    assert neuron.b is neuron.bias
    assert neuron.parameters() == [*neuron.w, neuron.b]


class Everything(Module):
    """Parameters in each place where a module may keep them."""

    def __init__(self):
        self.scale = Value(1.0)
        self.pair = (Value(2.0), Neuron(1))
        self.by_name = {"left": Layer(1, 1), "right": [Value(3.0), Value(4.0)]}
        self.name = "no parameter"
        self.size = 3
        self.nothing = None


def test_modules_of_ones_own():
    names = [name for name, _ in Everything().named_parameters()]
    assert names == [
        "scale",
        "pair.0",
        "pair.1.weights.0",
        "pair.1.bias",
        "by_name.left.neurons.0.weights.0",
        "by_name.left.neurons.0.bias",
        "by_name.right.0",
        "by_name.right.1",
    ]


class Shared(Module):
    """An encoder and a decoder with the same weight."""

    def __init__(self):
        self.weight = Value(2.0)
        self.decoder = {"weight": self.weight, "bias": Value(0.5)}

    def __call__(self, x):
        return self.decoder["weight"] * (self.weight * x) + self.decoder["bias"]


def test_a_shared_parameter_counts_once_under_its_first_name():
    model = Shared()
    assert list(model.state_dict()) == ["weight", "decoder.bias"]
    model(3.0).backward()
    assert model.weight.grad == 2 * 2.0 * 3.0


def test_a_shared_module_counts_once():
    class Twice(Module):
        def __init__(self):
            self.first = self.second = Neuron(1)

    assert [name for name, _ in Twice().named_parameters()] == ["first.weights.0", "first.bias"]


def test_modules_may_refer_to_each_other():
    class Tree(Module):
        def __init__(self, parent=None):
            self.parent = parent
            self.weight = Value(1.0)
            self.children = [] if parent else [Tree(self), Tree(self)]

    tree = Tree()
    assert len(tree.parameters()) == 3
    assert tree.children[1].weight in tree.parameters()


def test_a_kept_result_is_no_parameter():
    class Remembers(Module):
        def __init__(self):
            self.weight = Value(2.0)

        def __call__(self, x):
            self.output = self.weight * x
            return self.output

    model = Remembers()
    before = model.state_dict()
    model(3.0)
    assert model.state_dict() == before == {"weight": 2.0}


def test_zero_grad():
    model = MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


# States.


def test_a_state_goes_round():
    model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    state = model.state_dict()
    assert list(state) == [name for name, _ in model.named_parameters()]
    assert all(type(number) is float for number in state.values())
    assert other.state_dict() != state
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert other([0.5, -0.5]).data == model([0.5, -0.5]).data


def test_a_state_is_a_copy():
    model = MLP(2, [3, 1], seed=0)
    state = model.state_dict()
    model.parameters()[0].data += 1.0
    assert state != model.state_dict()


def test_loading_keeps_the_values_themselves():
    """An optimiser that holds the parameters goes on with the loaded ones."""
    model = MLP(2, [3, 1], seed=0)
    held = model.parameters()
    model.load_state_dict(dict.fromkeys(model.state_dict(), 0.25))
    assert model.parameters() == held
    assert {p.data for p in held} == {0.25}


def test_a_state_of_another_shape_is_refused():
    model = MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    incomplete = {name: x for name, x in before.items() if name != "layers.1.neurons.0.bias"}
    one_missing = r"not the parameters of this module: 1 missing \(layers\.1\.neurons\.0\.bias\)"
    with pytest.raises(ValueError, match=one_missing):
        model.load_state_dict(incomplete)
    with pytest.raises(ValueError, match=r"2 unknown \(extra, more\)"):
        model.load_state_dict(before | {"extra": 1.0, "more": 2.0})
    with pytest.raises(ValueError, match=r"13 missing \(.*, \.\.\.\) and 1 unknown \(x\)"):
        model.load_state_dict({"x": 1.0})
    assert model.state_dict() == before


@pytest.mark.parametrize("bad", ["a", None, [1.0]], ids=repr)
def test_a_bad_state_changes_nothing(bad):
    model = MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    last = list(before)[-1]
    with pytest.raises((TypeError, ValueError)):
        model.load_state_dict(dict.fromkeys(before, 9.0) | {last: bad})
    assert model.state_dict() == before


# How it starts.


def test_the_seed_decides():
    first, again, other = (MLP(3, [4, 1], seed=seed).state_dict() for seed in (0, 0, 1))
    assert first == again
    assert first != other
    assert len(set(first.values())) == len(first)  # no two neurons are the same


def test_without_a_seed_each_is_new():
    assert MLP(3, [4, 1]).state_dict() != MLP(3, [4, 1]).state_dict()


def test_a_random_generator_is_used_on():
    generator = Random(0)
    first, second = Neuron(2, seed=generator), Neuron(2, seed=generator)
    assert first.state_dict() != second.state_dict()
    assert first.state_dict() == Neuron(2, seed=0).state_dict()


def test_pythons_own_generator_is_left_alone():
    before = random.getstate()
    MLP(3, [4, 1], seed=0)
    MLP(3, [4, 1])
    Embedding(3, 2)
    assert random.getstate() == before


def weights_and_biases(init, n_inputs=20, n_outputs=500):
    layer = Layer(n_inputs, n_outputs, init=init, seed=0)
    weights = [w.data for neuron in layer.neurons for w in neuron.weights]
    return weights, [neuron.bias.data for neuron in layer.neurons]


def test_uniform_start():
    weights, biases = weights_and_biases("uniform")
    for sample in (weights, biases):
        assert -1 < min(sample) < -0.98
        assert 0.98 < max(sample) < 1
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.02)
    assert statistics.pstdev(weights) == pytest.approx(1 / math.sqrt(3), rel=0.02)


def test_xavier_start():
    """Uniform with variance 2 / (n_in + n_out) (Glorot and Bengio 2010)."""
    weights, biases = weights_and_biases("xavier")
    assert max(map(abs, weights)) <= math.sqrt(6 / 520)
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.003)
    assert statistics.pvariance(weights) == pytest.approx(2 / 520, rel=0.03)
    assert set(biases) == {0.0}


def test_he_start():
    """Normal with variance 2 / n_in (He and others 2015)."""
    weights, biases = weights_and_biases("he")
    assert statistics.fmean(weights) == pytest.approx(0.0, abs=0.01)
    assert statistics.pvariance(weights) == pytest.approx(2 / 20, rel=0.05)
    within_one = sum(abs(w) < math.sqrt(2 / 20) for w in weights) / len(weights)
    assert within_one == pytest.approx(0.6827, abs=0.015)  # as of a normal distribution
    assert set(biases) == {0.0}


# What a user gets wrong.


def test_the_wrong_number_of_inputs():
    with pytest.raises(ValueError, match=r"3 inputs were expected, 2 came(.|\n)*Neuron\(3\)"):
        MLP(3, [4, 1])([1.0, 2.0])
    with pytest.raises(ValueError, match="2 inputs were expected, 3 came"):
        Neuron(2)([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", ["tahn", "maximum", "", "ReLU"])
def test_an_unknown_activation(name):
    with pytest.raises(ValueError, match=rf"no activation is called '{name}'(.|\n)*names.*relu"):
        Neuron(2, activation=name)
    with pytest.raises(ValueError, match="no activation is called"):
        MLP(2, [3, 1], activation=name)


def test_an_unknown_start():
    with pytest.raises(ValueError, match=r"no initialisation is called 'zeros'(.|\n)*xavier"):
        MLP(2, [3, 1], init="zeros")


@pytest.mark.parametrize("names", [["tanh"], ["tanh", "tanh", "linear"], []])
def test_another_number_of_activations_than_layers(names):
    with pytest.raises(ValueError, match=f"2 layers and {len(names)} activations"):
        MLP(2, [3, 1], activation=names)


def test_no_layers():
    with pytest.raises(ValueError, match="at least one layer"):
        MLP(2, [])


# How it prints.


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Neuron(3, activation="relu"), "Neuron(3 inputs, relu)"),
        (Layer(3, 2), "Layer(3 -> 2 tanh, 8 parameters)"),
        (
            MLP(3, [4, 2, 1], activation="relu"),
            "MLP(3 -> 4 relu -> 2 relu -> 1 linear, 29 parameters)",
        ),
        (Embedding(26, 2), "Embedding(26 x 2)"),
        (Shared(), "Shared(2 parameters)"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_repr(model, text):
    assert repr(model) == text


# Softmax and embeddings.


def test_softmax():
    p = softmax([Value(0.0), Value(math.log(2)), Value(math.log(5))])
    assert numbers(p) == pytest.approx([1 / 8, 2 / 8, 5 / 8], rel=1e-15)
    assert numbers(softmax([0.0, math.log(3)])) == pytest.approx([0.25, 0.75])
    assert numbers(softmax([4.2])) == [1.0]


@pytest.mark.parametrize("shift", [0.0, 1000.0, -1000.0, 1e8])
def test_softmax_does_not_overflow(shift):
    logits = [Value(shift), Value(shift + 1.0), Value(shift - 1.0)]
    p = softmax(logits)
    there = np.exp([0.0, 1.0, -1.0])
    assert numbers(p) == pytest.approx(list(there / there.sum()), rel=1e-7)
    p[0].backward()
    assert all(math.isfinite(x.grad) for x in logits)


@pytest.mark.parametrize("logits", [[0.3, -1.2, 2.0], [0.0, 0.0, 0.0], [5.0, 5.0, -3.0]])
def test_the_gradient_of_softmax(logits):
    """d p_i / d x_j = p_i ([i = j] - p_j), with equal logits too."""
    for i in range(3):
        xs = [Value(x) for x in logits]
        p = softmax(xs)
        p[i].backward()
        expected = [p[i].data * ((i == j) - p[j].data) for j in range(3)]
        assert [x.grad for x in xs] == pytest.approx(expected, rel=1e-14, abs=1e-16)


def test_softmax_with_a_masked_logit():
    assert numbers(softmax([Value(-math.inf), Value(1.0), Value(1.0)])) == [0.0, 0.5, 0.5]


def test_an_embedding():
    table = Embedding(4, 3, seed=0)
    assert table(2) is table.rows[2]
    (table(1)[0] * 3 + table(1)[2]).backward()
    assert [x.grad for x in table(1)] == [3.0, 0.0, 1.0]
    assert not any(x.grad for row in (0, 2, 3) for x in table(row))
    assert [name for name, _ in table.named_parameters()][:4] == [
        "rows.0.0",
        "rows.0.1",
        "rows.0.2",
        "rows.1.0",
    ]


def test_the_start_of_an_embedding():
    numbers_in = [x.data for x in Embedding(1000, 10, seed=0).parameters()]
    assert statistics.fmean(numbers_in) == pytest.approx(0.0, abs=0.03)
    assert statistics.pstdev(numbers_in) == pytest.approx(1.0, rel=0.03)
    assert Embedding(3, 2, seed=5).state_dict() == Embedding(3, 2, seed=5).state_dict()


# Gradients of whole networks, by three other routes.

ROWS = [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7], [-0.2, 0.9, 0.4]]
TARGETS = [1.0, -1.0, 0.5]
ACTIVATIONS = ["tanh", "relu", "sigmoid", "softplus", "gelu", "sin"]


def loss_of(model):
    return sum((model(x) - t) ** 2 for x, t in zip(ROWS, TARGETS, strict=True))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_against_finite_differences(activation):
    model = MLP(3, [4, 3, 1], activation=activation, seed=1)
    loss_of(model).backward()
    h = 1e-6
    for parameter in model.parameters():
        start = parameter.data
        parameter.data = start + h
        above = loss_of(model).data
        parameter.data = start - h
        below = loss_of(model).data
        parameter.data = start
        assert parameter.grad == pytest.approx((above - below) / (2 * h), rel=1e-5, abs=1e-6)


def matrices(model):
    """The weights and biases of each layer, as arrays."""
    for layer in model.layers:
        weights = np.array([[w.data for w in neuron.weights] for neuron in layer.neurons])
        yield weights, np.array([neuron.bias.data for neuron in layer.neurons])


def gradients(model):
    for layer in model.layers:
        yield np.array([[w.grad for w in neuron.weights] for neuron in layer.neurons])
        yield np.array([neuron.bias.grad for neuron in layer.neurons])


def test_gradients_against_hips_autograd():
    model = MLP(3, [4, 3, 1], seed=2)
    loss = loss_of(model)
    loss.backward()
    flat = [array for pair in matrices(model) for array in pair]

    def loss_there(arrays):
        x = anp.array(ROWS).T
        for i in range(0, len(arrays), 2):
            x = anp.dot(arrays[i], x) + arrays[i + 1][:, None]
            x = anp.tanh(x) if i + 2 < len(arrays) else x
        return anp.sum((x - anp.array(TARGETS)) ** 2)

    assert loss.data == pytest.approx(loss_there(flat), rel=1e-13)
    for here, there in zip(gradients(model), autograd.grad(loss_there)(flat), strict=True):
        np.testing.assert_allclose(here, there, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "softplus", "gelu"])
def test_gradients_against_torch(activation):
    torch = pytest.importorskip("torch")
    functions = {name: getattr(torch, name) for name in ("tanh", "relu", "sigmoid")}
    functions["softplus"] = torch.nn.functional.softplus
    functions["gelu"] = torch.nn.functional.gelu

    model = MLP(3, [4, 3, 1], activation=activation, seed=3)
    loss = loss_of(model)
    loss.backward()

    x = torch.tensor(ROWS, dtype=torch.float64).T
    there = []
    for i, pair in enumerate(matrices(model)):
        weights, biases = (torch.tensor(array, requires_grad=True) for array in pair)
        there += [weights, biases]
        x = weights @ x + biases[:, None]
        x = functions[activation](x) if i < 2 else x
    loss_there = ((x - torch.tensor(TARGETS)) ** 2).sum()
    loss_there.backward()

    assert loss.data == pytest.approx(loss_there.item(), rel=1e-12)
    for here, tensor in zip(gradients(model), there, strict=True):
        np.testing.assert_allclose(here, tensor.grad.numpy(), rtol=1e-10, atol=1e-12)
