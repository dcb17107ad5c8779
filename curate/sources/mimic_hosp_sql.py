"""The SQL that turns the `hosp` tables into one text an admission (DuckDB). Every list has a total order."""

from typing import Final

COUNT_REPEATED: Final = """
SELECT record FROM (
    SELECT record, row_number() OVER (PARTITION BY hadm_id ORDER BY record) AS place
    FROM admissions WHERE hadm_id IS NOT NULL
) WHERE place > 1 ORDER BY record
"""
"""Rows of admissions whose id stood in an earlier row."""

ADMISSIONS: Final = r"""
WITH admission AS (
    SELECT a.*, p.gender,
        -- anchor_age holds in anchor_year; 91 stands for everyone over 89
        TRY_CAST(p.anchor_age AS INTEGER)
            + coalesce(year(TRY_CAST(a.admittime AS TIMESTAMP)) - TRY_CAST(p.anchor_year AS INTEGER), 0) AS age,
        TRY_CAST(p.anchor_age AS INTEGER) > 89 AS over
    FROM admissions a
    LEFT JOIN (SELECT * FROM patients QUALIFY row_number() OVER (PARTITION BY subject_id ORDER BY record) = 1) p
        USING (subject_id)
    WHERE a.hadm_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY a.hadm_id ORDER BY a.record) = 1
),
diagnosis AS (
    SELECT hadm_id, string_agg(
        number || '. ' || coalesce(long_title, 'no title in the dictionary')
            || ' (ICD-' || icd_version || ' ' || icd_code || ')',
        chr(10) ORDER BY number
    ) AS lines
    FROM (
        SELECT d.hadm_id, d.icd_code, d.icd_version, t.long_title,
            row_number() OVER (PARTITION BY d.hadm_id ORDER BY TRY_CAST(d.seq_num AS INTEGER), d.record) AS number
        FROM diagnoses_icd d
        LEFT JOIN (SELECT icd_code, icd_version, min(long_title) AS long_title FROM d_icd_diagnoses GROUP BY ALL) t
            USING (icd_code, icd_version)
    ) GROUP BY hadm_id
),
procedure_ AS (
    SELECT hadm_id, string_agg(
        '- ' || coalesce(chartdate || ': ', '') || coalesce(long_title, 'no title in the dictionary')
            || ' (ICD-' || icd_version || ' ' || icd_code || ')',
        chr(10) ORDER BY chartdate, seq, record
    ) AS lines
    FROM (
        SELECT d.*, TRY_CAST(d.seq_num AS INTEGER) AS seq, t.long_title
        FROM procedures_icd d
        LEFT JOIN (SELECT icd_code, icd_version, min(long_title) AS long_title FROM d_icd_procedures GROUP BY ALL) t
            USING (icd_code, icd_version)
    ) GROUP BY hadm_id
),
service AS (
    SELECT hadm_id, string_agg(curr_service, ', ' ORDER BY transfertime, record) AS lines FROM services GROUP BY hadm_id
),
medication AS (
    SELECT hadm_id, string_agg('- ' || drug || coalesce(' (' || routes || ')', ''), chr(10) ORDER BY drug) AS lines
    FROM (
        SELECT hadm_id, trim(drug) AS drug, string_agg(DISTINCT trim(route), ', ' ORDER BY trim(route)) AS routes
        FROM prescriptions WHERE trim(drug) <> '' GROUP BY ALL
    ) GROUP BY hadm_id
),
culture AS (
    SELECT hadm_id, string_agg(line, chr(10) ORDER BY chartdate, first_record) AS lines
    FROM (
        SELECT hadm_id, chartdate, min(record) AS first_record,
            '- ' || coalesce(spec_type_desc, 'specimen') || coalesce(', ' || test_name, '')
                || coalesce(': ' || org_name, '')
                || coalesce(
                    ' (' || string_agg(
                        DISTINCT ab_name || ' ' || interpretation, ', ' ORDER BY ab_name || ' ' || interpretation
                    ) || ')', '')
                || coalesce(': ' || nullif(trim(min(comments)), ''), '') AS line
        FROM microbiologyevents GROUP BY hadm_id, chartdate, spec_type_desc, test_name, org_name
    ) GROUP BY hadm_id
),
laboratory AS (
    SELECT hadm_id, string_agg(line, chr(10) ORDER BY label, fluid, unit) AS lines
    FROM (
        SELECT hadm_id, label, fluid, unit,
            '- ' || label || CASE WHEN fluid = '' THEN '' ELSE ' (' || fluid || ')' END || ': '
                || coalesce(
                    CASE WHEN min(number) = max(number) THEN format('{:g}', min(number))
                        ELSE format('{:g} to {:g}', min(number), max(number)) END
                        || CASE WHEN unit = '' THEN '' ELSE ' ' || unit END,
                    array_to_string(list_slice(list_sort(list_distinct(list(value))), 1, 5), '; '),
                    'no value')
                || ', ' || count(*) || ' abnormal' AS line
        FROM (
            SELECT e.hadm_id, e.value, TRY_CAST(e.valuenum AS DOUBLE) AS number, coalesce(e.valueuom, '') AS unit,
                coalesce(i.label, 'item ' || e.itemid) AS label, coalesce(i.fluid, '') AS fluid
            FROM labevents e
            LEFT JOIN (SELECT itemid, min(label) AS label, min(fluid) AS fluid FROM d_labitems GROUP BY itemid) i
                USING (itemid)
            WHERE e.flag = 'abnormal' AND e.hadm_id IS NOT NULL
        ) GROUP BY hadm_id, label, fluid, unit
    ) GROUP BY hadm_id
)
SELECT a.record, a.hadm_id, a.subject_id, concat_ws(chr(10) || chr(10),
    concat_ws(chr(10),
        'HOSPITAL ADMISSION',
        'Patient: ' || concat_ws(', ',
            CASE a.gender WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' ELSE a.gender END,
            CASE WHEN a.over OR a.age > 89 THEN 'age over 89' ELSE 'age ' || a.age END,
            'race ' || a.race, 'marital status ' || a.marital_status,
            'language ' || nullif(a.language, '?'), 'insurance ' || a.insurance),
        'Admitted: ' || a.admittime || coalesce(', ' || a.admission_type, '')
            || coalesce(', from ' || a.admission_location, ''),
        'Discharged: ' || a.dischtime || coalesce(', to ' || a.discharge_location, ''),
        'Died: ' || a.deathtime,
        'Services: ' || s.lines),
    'DIAGNOSES' || chr(10) || d.lines,
    'PROCEDURES' || chr(10) || p.lines,
    'MEDICATIONS' || chr(10) || m.lines,
    'MICROBIOLOGY' || chr(10) || c.lines,
    'ABNORMAL LABORATORY RESULTS' || chr(10) || l.lines) AS text
FROM admission a
LEFT JOIN service s USING (hadm_id)
LEFT JOIN diagnosis d USING (hadm_id)
LEFT JOIN procedure_ p USING (hadm_id)
LEFT JOIN medication m USING (hadm_id)
LEFT JOIN culture c USING (hadm_id)
LEFT JOIN laboratory l USING (hadm_id)
ORDER BY a.record
"""
"""record, hadm_id, subject_id, text of each admission, in the order of the admissions table."""
