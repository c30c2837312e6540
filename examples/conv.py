"""A convolutional network reads handwritten digits: small filters slide over the image.

Everything is a loop over pixels. Lifted, the loops become windows and a matrix product.
"""

from pathlib import Path
from random import Random

import numpy as np
from matplotlib.figure import Figure

from glassgrad import Adam, Layer, Module, Value, cross_entropy, lift, maximum
from glassgrad.data import digits

PICTURES = Path(__file__).parent / "output"


class Network(Module):
    """Filters of 3 x 3, the largest of each 2 x 2 square, one layer on top."""

    def __init__(self, n_filters, seed):
        random = Random(seed)
        self.filters = [
            [[Value(random.gauss(0, 0.5)) for _ in range(3)] for _ in range(3)]
            for _ in range(n_filters)
        ]
        self.biases = [Value(0.0) for _ in range(n_filters)]
        self.top = Layer(9 * n_filters, 10, activation="linear", init="xavier", seed=random)

    def __call__(self, image):
        """A score for each digit."""
        features = []
        for kernel, bias in zip(self.filters, self.biases, strict=True):
            plane = []
            for row in range(6):
                plane.append([])
                for column in range(6):
                    total = bias
                    for i in range(3):
                        for j in range(3):
                            total = total + kernel[i][j] * image[row + i][column + j]
                    plane[row].append(total.relu())
            for row in range(0, 6, 2):
                for column in range(0, 6, 2):
                    upper = maximum(plane[row][column], plane[row][column + 1])
                    lower = maximum(plane[row + 1][column], plane[row + 1][column + 1])
                    features.append(maximum(upper, lower))
        return self.top(features)


def main(epochs=30, batch_size=32, learning_rate=0.02, n_filters=6, pictures=PICTURES):
    """Train, print the accuracy on digits that were held out, draw the filters."""
    table = digits()
    labels = np.array(table.columns["digit"], dtype=int)
    pixels = [table.columns[f"pixel_{i}_{j}"] for i in range(8) for j in range(8)]
    images = np.array(pixels).T.reshape(-1, 8, 8) / 16
    rng = np.random.default_rng(0)
    order = rng.permutation(len(images))
    test, train = order[:360], order[360:]

    model = Network(n_filters, seed=0)
    loss = lift(lambda image, digit: cross_entropy(model(image), digit), wrt=model)
    scores = lift(model, wrt=model)

    optimizer, memory = Adam(model), {"m": 0.0, "v": 0.0}
    theta = loss.theta()
    history = []
    for epoch in range(epochs):
        optimizer.learning_rate = learning_rate * (1 - epoch / epochs)
        rng.shuffle(train)
        values = []
        for start in range(0, len(train), batch_size):
            batch = train[start : start + batch_size]
            value, slope = loss.value_and_grad(theta, images[batch], labels[batch])
            optimizer.steps += 1
            theta = optimizer.update(theta, slope, memory)
            values.append(value)
        history.append(float(np.mean(values)))
        print(f"epoch {epoch + 1:2}  loss {history[-1]:.4f}")

    guesses = scores.forward(theta, images[test]).argmax(axis=1)
    accuracy = float((guesses == labels[test]).mean())
    print(f"accuracy on {len(test)} held-out digits: {accuracy:.3f}")

    filters = theta[: 9 * n_filters].reshape(n_filters, 3, 3)
    figure = Figure(figsize=(1.3 * n_filters, 3.2), layout="constrained")
    figure.suptitle("The filters (blue is negative), and some digits as they were read")
    for place in range(n_filters):
        above = figure.add_subplot(2, n_filters, place + 1, xticks=[], yticks=[])
        reach = abs(filters).max()
        above.imshow(filters[place], cmap="RdBu_r", vmin=-reach, vmax=reach)
        below = figure.add_subplot(2, n_filters, n_filters + place + 1, xticks=[], yticks=[])
        which = np.argmax(labels[test] == place)  # the first of this digit
        below.imshow(images[test[which]], cmap="Greys")
        below.set_title(f"read as {guesses[which]}", fontsize=9)
    pictures.mkdir(parents=True, exist_ok=True)
    figure.savefig(pictures / "conv.png", dpi=100)
    return {"history": history, "accuracy": accuracy, "operations": len(loss)}


if __name__ == "__main__":
    main()
