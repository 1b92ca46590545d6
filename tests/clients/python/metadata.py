"""What the service says of itself, judged by the schemas that OASIS and the OpenAPI Initiative publish.

$metadata of Graph and of the feed as XML and JSON against the schemas of CSDL, both OpenAPI documents
against that of OpenAPI 3.1; then every function, set and property that is described must be served, and
nothing else.
The settings come from the TRUNKLOG_* variables described in ../README.md. The OASIS schemas come with
the npm package odata-csdl, which OASIS publishes: TRUNKLOG_TEST_NODE_DIR is the folder with
node_modules, TRUNKLOG_CSDL_SCHEMAS the folder with the schemas themselves if it is elsewhere.
"""

import json
import os
import re

import jsonschema
import requests
from lxml import etree
from openapi_spec_validator import validate as validate_openapi

from common import REQUEST_LIMIT_SECS, check, main, prover, setting

CLIENT = "metadata"
proven = prover(CLIENT)
NAMESPACE = "microsoft.graph.callRecords"
VERSIONS = ("v1.0", "beta")
EDM = {"edm": "http://docs.oasis-open.org/odata/ns/edm"}


def schema_folder():
    """The folder with the schemas of OASIS."""
    folder = os.environ.get("TRUNKLOG_CSDL_SCHEMAS") or os.path.join(
        setting("TRUNKLOG_TEST_NODE_DIR"), "node_modules", "odata-csdl", "schemas"
    )
    for file in ("edmx.xsd", "edm.xsd", "csdl.schema.json"):
        check(
            os.path.isfile(os.path.join(folder, file)),
            f"{folder} has no {file}: install the npm package odata-csdl",
        )
    return folder


def get(url, media_type, **options):
    response = requests.get(url, timeout=REQUEST_LIMIT_SECS, **options)
    check(response.status_code == 200, f"GET {url}: {response.status_code}: {response.text[:300]}")
    found = response.headers.get("Content-Type", "")
    check(found.split(";")[0] == media_type, f"GET {url}: Content-Type is {found!r}, expected {media_type}")
    return response


def xml_schema(folder):
    # Nothing is fetched: edmx.xsd names its neighbour edm.xsd.
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(os.path.join(folder, "edmx.xsd"), parser))


def json_schema(folder):
    """The JSON schema of CSDL, with patterns that Python can read.

    Its patterns use Unicode classes, which Python's `re` does not have. All names of the service
    are ASCII, and ASCII classes judge those just the same.
    """
    with open(os.path.join(folder, "csdl.schema.json"), encoding="utf-8") as file:
        text = file.read()
    text = text.replace(r"(_|\\p{L}|\\p{Nl}|\\p{Nd}|\\p{Mn}|\\p{Mc}|\\p{Pc}|\\p{Cf})", "[A-Za-z0-9_]")
    text = text.replace(r"(_|\\p{L}|\\p{Nl})", "[A-Za-z_]")
    check(r"\p{" not in text, "csdl.schema.json has a pattern that this program cannot translate")
    schema = json.loads(text)
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def check_xml(settings, version, schema):
    url = f"{settings.url}/{version}/$metadata"
    response = get(url, "application/xml")
    check(response.headers.get("OData-Version") == "4.0", f"{url}: no OData-Version 4.0")
    document = etree.fromstring(response.content)
    check(schema.validate(document), f"{url} is not valid: {schema.error_log}")
    broken = etree.fromstring(response.content.replace(b"IsBound=", b"IsBond="))
    check(not schema.validate(broken), "the XML schema finds nothing wrong with a wrong attribute")
    proven(f"{version}: $metadata as XML is valid by the OASIS schemas edmx.xsd and edm.xsd")
    return document


def check_json(settings, version, schema):
    url = f"{settings.url}/{version}/$metadata"
    response = get(url, "application/json", headers={"Accept": "application/json", "OData-MaxVersion": "4.01"})
    check(response.headers.get("OData-Version") == "4.01", f"{url}: no OData-Version 4.01")
    document = response.json()
    check(document == get(f"{url}?$format=json", "application/json").json(), f"{url}: $format differs")
    errors = [f"{list(error.path)}: {error.message[:200]}" for error in schema.iter_errors(document)]
    check(not errors, f"{url} is not valid: {errors[:3]}")
    broken = json.loads(json.dumps(document).replace('"$IsBound"', '"$IsBond"'))
    check(not schema.is_valid(broken), "the JSON schema finds nothing wrong with a wrong member")
    proven(f"{version}: $metadata as JSON is valid by the OASIS schema csdl.schema.json")
    return document


def types_in_xml(document):
    """{row type: {property: (type, collection)}}, inherited ones included, and {function: row type}."""
    schema = document.find(f".//edm:Schema[@Namespace='{NAMESPACE}']", EDM)
    check(schema is not None, f"the XML has no schema {NAMESPACE}")
    own, bases = {}, {}
    for of in schema.findall("edm:ComplexType", EDM):
        properties = of.findall("edm:Property", EDM)
        own[of.get("Name")] = {p.get("Name"): p.get("Type") for p in properties}
        bases[of.get("Name")] = (of.get("BaseType") or "").rpartition(".")[2]
        for p in properties:
            check(p.get("Nullable") is None, f"{of.get('Name')}.{p.get('Name')} must be nullable")
            scale = "variable" if p.get("Type") == "Edm.Decimal" else None
            check(p.get("Scale") == scale, f"{p.get('Name')} has the scale {p.get('Scale')}")
    functions = {}
    for function in schema.findall("edm:Function", EDM):
        returned = function.find("edm:ReturnType", EDM).get("Type")
        functions[function.get("Name")] = item(returned)
        parameters = [(p.get("Name"), p.get("Type")) for p in function.findall("edm:Parameter", EDM)]
        check(
            [of for _, of in parameters]
            == [f"Collection({NAMESPACE}.callRecord)", "Edm.DateTimeOffset", "Edm.DateTimeOffset"]
            and [name for name, _ in parameters[1:]] == ["fromDateTime", "toDateTime"],
            f"{function.get('Name')} has the parameters {parameters}",
        )
    return {name: {**own.get(bases[name], {}), **own[name]} for name in own}, functions


def item(of):
    found = re.fullmatch(rf"Collection\({re.escape(NAMESPACE)}\.(\w+)\)", of)
    check(found, f"{of} is no collection of rows")
    return found[1]


def types_in_json(document):
    schema = document[NAMESPACE]
    own, bases, functions = {}, {}, {}
    for name, element in schema.items():
        if isinstance(element, list):
            returned = element[0]["$ReturnType"]
            functions[name] = returned["$Type"].rpartition(".")[2]
        elif isinstance(element, dict) and element.get("$Kind") == "ComplexType":
            own[name] = {key: described(p) for key, p in element.items() if key[0] not in "$@"}
            bases[name] = element.get("$BaseType", "").rpartition(".")[2]
    return {name: {**own.get(bases[name], {}), **own[name]} for name in own}, functions


def described(p):
    check(p.get("$Nullable") is True, f"{p} must be nullable")
    of = p.get("$Type", "Edm.String")
    return f"Collection({of})" if p.get("$Collection") else of


def check_openapi(settings, version, types, functions):
    url = f"{settings.url}/openapi/{version}.json"
    document = get(url, "application/json").json()
    check(document["openapi"].startswith("3.1."), f"{url}: openapi is {document['openapi']}")
    validate_openapi(document)
    check(
        document["servers"] == [{"url": f"{settings.url}/{version}"}],
        f"{url}: servers is {document['servers']}",
    )
    called = re.compile(r"/communications/callRecords/(?:microsoft\.graph\.callRecords\.)?(\w+)\(")
    paths = [found[1] for path in document["paths"] if (found := called.match(path))]
    check(sorted(paths) == sorted([*functions, *functions]), f"{url} has the functions {paths}")
    for function, row in functions.items():
        properties = set(document["components"]["schemas"][row]["properties"])
        check(properties == set(types[row]), f"{url}: {row} has {properties}")
    examples = [
        (path, of["example"], of["schema"])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        for response in operation["responses"].values()
        for media, of in response.get("content", {}).items()
        if "example" in of and media == "application/json"
    ]
    for path, example, schema in examples:
        resolved = {**schema, "components": document["components"]}
        errors = list(jsonschema.Draft202012Validator(resolved).iter_errors(example))
        check(not errors, f"{url}: the example of {path} does not fit its schema: {errors[:1]}")
    check(len(examples) >= 2 * len(functions), f"{url} has only {len(examples)} examples")
    proven(f"{version}: the OpenAPI document is valid and has the {len(functions)} functions of $metadata")


def check_reports(settings):
    url = f"{settings.url}/openapi/reports-v1.json"
    document = get(url, "application/json").json()
    validate_openapi(document)
    listed = get(f"{settings.url}/reports/v1/", "application/json").json()
    schema = {**document["components"]["schemas"]["reportList"], "components": document["components"]}
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(listed))
    check(not errors, f"the list of reports does not fit its schema: {errors[:1]}")
    addresses = {report["address"] for report in listed["value"]}
    paths = set(document["paths"]) - {"/reports/v1/"}
    check(addresses == paths, f"{url} has {sorted(paths)}, the list {sorted(addresses)}")
    proven(f"the OpenAPI document of the reports is valid and has the {len(paths)} reports of their list")


def check_served(settings, session, version, types, functions):
    """Each function gives rows of the described properties, and takes each in $select."""
    for function, row in functions.items():
        for spelling in (function, f"{NAMESPACE}.{function}"):
            url = (
                f"{settings.url}/{version}/communications/callRecords/{spelling}"
                f"(fromDateTime={settings.start},toDateTime={settings.end})"
            )
            query = {"$top": "1", "$select": ",".join(types[row])}
            response = session.get(url, params=query, timeout=REQUEST_LIMIT_SECS)
            check(response.status_code == 200, f"GET {url}: {response.status_code}: {response.text[:300]}")
            page = response.json()
            check(
                f"#Collection({NAMESPACE}.{row})" in page["@odata.context"],
                f"{spelling} returns {page['@odata.context']}, $metadata says {row}",
            )
            rows = session.get(url, params={"$top": "1"}, timeout=REQUEST_LIMIT_SECS).json()["value"]
            for found in rows + page["value"]:
                check(set(found) == set(types[row]), f"{spelling} has {sorted(found)}, $metadata {sorted(types[row])}")
        wrong = session.get(url, params={"$select": "noSuchProperty"}, timeout=REQUEST_LIMIT_SECS)
        check(wrong.status_code == 400, f"$select of a property that is not described: {wrong.status_code}")
    proven(f"{version}: all {len(functions)} functions and their properties are served as described")


def check_feed(settings, session, schemas):
    """The feed's $metadata by the same schemas, and that what it says of sets is served."""
    url = f"{settings.url}/odata/$metadata"
    headers = dict(session.headers)
    response = get(url, "application/xml", headers=headers)
    document = etree.fromstring(response.content)
    check(schemas[0].validate(document), f"{url} is not valid: {schemas[0].error_log}")
    broken = etree.fromstring(response.content.replace(b"EntityType=", b"EntityTyp="))
    check(not schemas[0].validate(broken), "the XML schema finds nothing wrong with a set without a type")
    model = get(f"{url}?$format=json", "application/json", headers=headers).json()
    errors = [f"{list(error.path)}: {error.message[:200]}" for error in schemas[1].iter_errors(model)]
    check(not errors, f"{url} is not valid as JSON: {errors[:3]}")
    broken = json.loads(json.dumps(model).replace('"$Key"', '"$Keys"'))
    check(not schemas[1].is_valid(broken), "the JSON schema finds nothing wrong with a wrong member")

    feed = document.find(".//edm:Schema[@Namespace='trunklog.feed']", EDM)
    types = {
        of.get("Name"): {p.get("Name"): p.get("Type") for p in of.findall("edm:Property", EDM)}
        for of in feed.findall("edm:EntityType", EDM)
    }
    in_json = {
        name: {key: p.get("$Type", "Edm.String") for key, p in of.items() if key[0] not in "$@"}
        for name, of in model["trunklog.feed"].items()
        if of["$Kind"] == "EntityType"
    }
    check(types == in_json, "XML and JSON describe different entities")
    sets = {of.get("Name"): of.get("EntityType") for of in feed.findall(".//edm:EntitySet", EDM)}
    service = get(f"{settings.url}/odata", "application/json", headers=headers).json()
    listed = [of["name"] for of in service["value"]]
    check(listed == list(sets), f"the service document lists {listed}, $metadata {list(sets)}")
    for name, of in sets.items():
        properties = types[of.removeprefix("trunklog.feed.")]
        page = get(f"{settings.url}/odata/{name}?$top=3", "application/json", headers=headers).json()
        for row in page["value"]:
            check(set(row) == set(properties), f"{name} has {sorted(row)}, $metadata {sorted(properties)}")
    proven(f"the feed's $metadata is valid as XML and JSON, and its {len(sets)} sets are served as described")


def run(settings):
    folder = schema_folder()
    schemas = xml_schema(folder), json_schema(folder)
    session = requests.Session()
    session.headers.update(settings.authorization())
    counts = {}
    for version in VERSIONS:
        types, functions = types_in_xml(check_xml(settings, version, schemas[0]))
        same = types_in_json(check_json(settings, version, schemas[1]))
        check((types, functions) == same, f"{version}: XML and JSON describe different things")
        service = get(f"{settings.url}/{version}/", "application/json").json()
        check(
            service["@odata.context"] == f"{settings.url}/{version}/$metadata"
            and [entry["url"] for entry in service["value"]] == ["communications"],
            f"{version}: the service document is {service}",
        )
        check_openapi(settings, version, types, functions)
        check_served(settings, session, version, types, functions)
        counts[version] = len(functions)
    check_reports(settings)
    check_feed(settings, session, schemas)
    check(counts == {"v1.0": 2, "beta": 5}, f"the versions have {counts} functions")
    proven("v1.0 has two functions, beta five; XML and JSON say the same; service documents lead there")


main(CLIENT, run)
