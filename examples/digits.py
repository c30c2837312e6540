"""Handwritten digits: a network reads 8 x 8 pixels.

The loss is a function of one example. Lifted, it goes through a batch at once.
"""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from glassgrad import MLP, Adam, cross_entropy, lift
from glassgrad.data import digits

PICTURES = Path(__file__).parent / "output"


def main(epochs=25, batch_size=32, learning_rate=0.01, pictures=PICTURES):
    """Train, print the accuracy on digits that were held out, draw what was taken for another."""
    table = digits()
    labels = np.array(table.columns["digit"], dtype=int)
    pixels = [table.columns[f"pixel_{i}_{j}"] for i in range(8) for j in range(8)]
    images = np.array(pixels).T / 16
    rng = np.random.default_rng(0)
    order = rng.permutation(len(images))
    test, train = order[:360], order[360:]

    model = MLP(64, [64, 32, 10], init="xavier", seed=0)

    @lift(wrt=model)
    def loss(image, digit):
        return cross_entropy(model(image), digit)

    @lift(wrt=model)
    def scores(image):
        return model(image)

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
    right = guesses == labels[test]
    accuracy = float(right.mean())
    print(f"{right.sum()} of {len(test)} held-out digits right, accuracy {accuracy:.3f}")

    figure = Figure(figsize=(8, 2.2), layout="constrained")
    figure.suptitle(f"Held-out digits that were misread ({(~right).sum()} of {len(test)})")
    for place, i in enumerate(np.flatnonzero(~right)[:8]):
        axes = figure.add_subplot(1, 8, place + 1)
        axes.imshow(images[test[i]].reshape(8, 8), cmap="Greys")
        axes.set(title=f"{labels[test[i]]} read as {guesses[i]}", xticks=[], yticks=[])
    pictures.mkdir(parents=True, exist_ok=True)
    figure.savefig(pictures / "digits.png", dpi=100)
    return {"history": history, "accuracy": accuracy, "operations": len(loss)}


if __name__ == "__main__":
    main()
