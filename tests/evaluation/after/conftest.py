"""What the tests after generation share: a data set of made pictures, and a predictor trained on it."""

import pytest
from made_pictures import ColourEncoder, made_dataset

from ppp_core.evaluation.after.data import after_data
from ppp_core.evaluation.after.training import train_after

TARGET = "made/light"


@pytest.fixture(scope="session")
def dataset(make_data, tmp_path_factory):
    prompts = make_data(n_train=80, n_held_out=0).train.prompts
    return made_dataset(tmp_path_factory.mktemp("pictures"), prompts)


@pytest.fixture(scope="session")
def data(dataset):
    return after_data(dataset, TARGET, ColourEncoder())


@pytest.fixture(scope="session")
def trained(data, words_encoder):
    return train_after(
        data,
        predictor="image-probe",
        encoder=ColourEncoder(),
        text_encoder=words_encoder,
        words="linear-probe",
    )
