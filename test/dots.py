"""The promise of product.md, as an assertion: every dot opens."""

import base64
import time

from glint_program import wait_for


def opens(glint, exemplar):
    """Is the trace that an exemplar names stored, with the span that it names in it?"""
    labels = exemplar['labels']
    spans = glint.trace_spans(labels['trace_id'])
    if not spans:
        return False
    ids = {base64.b64decode(span['spanId']).hex() for span in spans}
    return labels['span_id'] in ids


def assert_every_dot_opens(test, glint, selector, at_least):
    """All exemplars of a selector open, and there are enough of them to mean something.

    Their spans may still be on the way from the sender, so each is waited for; the set is asked
    for first and is not allowed to shrink.
    """
    dots = glint.exemplars(selector)
    test.assertGreaterEqual(len(dots), at_least, f'exemplars of {selector}')
    for series, exemplar in dots:
        wait_for(f'the dot {exemplar} of {series} opens', lambda e=exemplar: opens(glint, e))
        test.assertGreater(float(exemplar['value']), 0)
        test.assertLess(abs(float(exemplar['timestamp']) - time.time()), 3600)
    test.assertGreaterEqual(len(glint.exemplars(selector)), len(dots))
    return dots
