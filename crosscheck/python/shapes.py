"""Whether a value is what botocore's model of a service says. botocore itself checks only a part of it, and only of requests."""

import datetime
import re
import xml.etree.ElementTree

NUMBERS = {'integer': int, 'long': int, 'float': (int, float), 'double': (int, float)}


def problems(value, shape, at=''):
    """What is wrong with a value as JSON has it: blobs are base64 texts, timestamps seconds or datetimes."""
    check = CHECKS.get(shape.type_name)
    if check is None:
        return [f'{at}: the shape {shape.name} has type {shape.type_name}, which this check does not know']
    return check(value, shape, at or shape.name)


def by_wire_name(value, shape):
    """What botocore takes and gives, by the model's names of members, with the names that they have on the wire."""
    if shape.type_name == 'structure' and isinstance(value, dict):
        members = {name: shape.members[name] for name in value if name in shape.members}
        return {wire_name(members[name], name) if name in members else name: by_wire_name(member, members[name]) if name in members else member
                for name, member in value.items()}
    if shape.type_name == 'list' and isinstance(value, list):
        return [by_wire_name(element, shape.member) for element in value]
    return value


def wire_name(member, name):
    return member.serialization.get('name', name)


def structure(value, shape, at):
    if not isinstance(value, dict):
        return wrong_type(value, 'an object', at)
    names = {wire_name(member, name): member for name, member in shape.members.items()}
    required = [wire_name(shape.members[name], name) for name in shape.required_members]
    found = [f'{at}.{name}: required, but absent' for name in required if value.get(name) is None]
    for name, member in value.items():
        if name not in names:
            found.append(f'{at}.{name}: no member of {shape.name}')
        elif member is None:
            found.append(f'{at}.{name}: null')
        else:
            found += problems(member, names[name], f'{at}.{name}')
    if getattr(shape, 'is_tagged_union', False) and len(value) != 1:
        found.append(f'{at}: one member of the union {shape.name} expected, got {", ".join(value) or "none"}')
    return found


def sequence(value, shape, at):
    if not isinstance(value, list):
        return wrong_type(value, 'a list', at)
    found = bounds(len(value), shape, f'{at}: {len(value)} elements')
    for element in value:
        found += problems(element, shape.member, f'{at}[]')
    return found


def mapping(value, shape, at):
    if not isinstance(value, dict):
        return wrong_type(value, 'a map', at)
    found = bounds(len(value), shape, f'{at}: {len(value)} entries')
    for key, element in value.items():
        found += problems(key, shape.key, f'{at} key') + problems(element, shape.value, f'{at}{{}}')
    return found


def text(value, shape, at):
    if not isinstance(value, str):
        return wrong_type(value, 'a text', at)
    found = bounds(len(value), shape, f'{at}: {len(value)} characters')
    if shape.enum and value not in shape.enum:
        found.append(f'{at}: {value!r} is none of {shape.name}: {", ".join(shape.enum)}')
    pattern = shape.metadata.get('pattern')
    if pattern and not matches(pattern, value):
        found.append(f'{at}: {value!r} does not match {pattern}')
    return found


def number(value, shape, at):
    if isinstance(value, bool) or not isinstance(value, NUMBERS[shape.type_name]):
        return wrong_type(value, f'a number ({shape.type_name})', at)
    return bounds(value, shape, f'{at}: {value}')


def boolean(value, _shape, at):
    return [] if isinstance(value, bool) else wrong_type(value, 'true or false', at)


def timestamp(value, _shape, at):
    if isinstance(value, datetime.datetime) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return []
    return wrong_type(value, 'a time', at)


def blob(value, shape, at):
    if isinstance(value, (bytes, str)) or hasattr(value, 'read'):
        return []
    return wrong_type(value, 'bytes', at)


CHECKS = {
    'structure': structure, 'list': sequence, 'map': mapping, 'string': text, 'character': text, 'boolean': boolean,
    'integer': number, 'long': number, 'float': number, 'double': number, 'timestamp': timestamp, 'blob': blob,
}


def bounds(size, shape, what):
    least, most = shape.metadata.get('min'), shape.metadata.get('max')
    if least is not None and size < float(least):
        return [f'{what}, at least {least} expected']
    if most is not None and size > float(most):
        return [f'{what}, at most {most} allowed']
    return []


def matches(pattern, value):
    """Models are written for Java, whose matches() takes the whole text; its classes have names that Python lacks."""
    for java, python in (('\\p{L}', 'a-zA-Z\u00c0-\uffff'), ('\\p{Z}', ' '), ('\\p{N}', '0-9'), ('\\p{ASCII}', '\\x00-\\x7f'), ('\\P{M}\\p{M}', '\\s\\S')):
        pattern = pattern.replace(java, python)
    return re.fullmatch(pattern, value) is not None


def wrong_type(value, expected, at):
    return [f'{at}: {expected} expected, got {value!r}']


def unknown_elements(body, output_shape, result_wrapper):
    """Elements of an XML answer that the model does not have: botocore's parser passes over them."""
    root = xml.etree.ElementTree.fromstring(body)
    found = []
    if result_wrapper:
        found += [f'{tag_of(child)}: not in an answer' for child in root if tag_of(child) not in (result_wrapper, 'ResponseMetadata')]
        root = next((child for child in root if tag_of(child) == result_wrapper), None)
    if root is not None and output_shape is not None:
        found += in_structure(root, output_shape, output_shape.name)
    return found


def in_structure(element, shape, at):
    found = []
    members = {}
    for name, member in shape.members.items():
        flat = member.type_name == 'list' and member.serialization.get('flattened')
        members[(flat and member.member.serialization.get('name')) or member.serialization.get('name', name)] = member
    for child in element:
        member = members.get(tag_of(child))
        if member is None:
            found.append(f'{at}.{tag_of(child)}: no member of {shape.name}')
        else:
            found += in_value(child, member, f'{at}.{tag_of(child)}')
    return found


def in_value(element, shape, at):
    if shape.type_name == 'structure':
        return in_structure(element, shape, at)
    if shape.type_name != 'list':
        return []
    if shape.serialization.get('flattened'):
        return in_value(element, shape.member, f'{at}[]')
    name = shape.member.serialization.get('name', 'member')
    found = [f'{at}.{tag_of(child)}: <{name}> expected' for child in element if tag_of(child) != name]
    for child in element:
        found += in_value(child, shape.member, f'{at}[]')
    return found


def tag_of(element):
    return element.tag.split('}')[-1]
