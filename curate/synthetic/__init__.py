"""The demo's input: a small synthetic hospital, a shelf of literature and two examinations, all made from one seed.

Nobody in here exists, no trial in here took place, and no identifier was issued to anyone.
"""
