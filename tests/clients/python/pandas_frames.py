"""pandas reads the whole range from the function's own URL: as CSV, as lines of JSON, as Parquet, and
pyarrow as an Arrow stream. All four must say the same. The settings come from the TRUNKLOG_*
variables described in ../README.md.
"""

import pandas
import pyarrow
import requests

from common import REQUEST_LIMIT_SECS, check, check_ids, main, prover

CLIENT = "pandas_frames"
proven = prover(CLIENT)


def run(settings):
    headers = settings.authorization()
    frames = {
        "csv": pandas.read_csv(f"{settings.calls}?$format=csv", storage_options=headers),
        "ndjson": pandas.read_json(f"{settings.calls}?$format=ndjson", lines=True, storage_options=headers),
        "parquet": pandas.read_parquet(f"{settings.calls}?$format=parquet", storage_options=headers),
    }
    answer = requests.get(
        settings.calls,
        headers=headers | {"Accept": "application/vnd.apache.arrow.stream"},
        stream=True,
        timeout=REQUEST_LIMIT_SECS,
    )
    answer.raw.decode_content = True
    with pyarrow.ipc.open_stream(answer.raw) as stream:
        frames["arrow"] = stream.read_all().to_pandas()

    for name, frame in frames.items():
        check_ids(list(frame["id"]), settings.ids, name)
    proven(f"CSV, NDJSON, Parquet and Arrow each hold {len(settings.ids)} rows once each in order")

    sums = {name: int(frame["duration"].sum()) for name, frame in frames.items()}
    check(len(set(sums.values())) == 1 and sums["csv"] > 0, f"durations sum up to {sums}")
    for name in ("parquet", "arrow"):
        kind = str(frames[name].dtypes["startDateTime"])
        check(kind == "datetime64[us, UTC]", f"{name}: startDateTime is {kind}")
    starts = {name: pandas.to_datetime(frame["startDateTime"], utc=True, format="ISO8601") for name, frame in frames.items()}
    apart = (starts["csv"] - starts["parquet"]).abs().max()
    check(apart < pandas.Timedelta(microseconds=1), f"CSV and Parquet differ by {apart}")
    proven("durations agree; times are typed in Parquet and Arrow and agree with CSV")

    query = "$filter=duration gt 60 and successfulCall eq true&$select=id,duration&$format=parquet"
    long = pandas.read_parquet(f"{settings.calls}?{query}".replace(" ", "%20"), storage_options=headers)
    whole = frames["parquet"]
    wanted = whole[(whole["duration"] > 60) & whole["successfulCall"]]
    check_ids(list(long["id"]), list(wanted["id"]), "a filtered Parquet")
    check(list(long.columns) == ["id", "duration"], f"selected columns are {list(long.columns)}")
    proven(f"a filtered, selected Parquet holds the {len(long)} calls that pandas itself selects")


main(CLIENT, run)
