"""Computed traits, all nine reducers, beside SQL written by hand that gives (person or account, value).

Whom the SQL does not name has no value, but for a count, which is 0 then (D-8). Values of text and lists are exact, numbers too:
sums are made of pence and divided once (D-40, D-53).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TraitDefinition:
    key: str
    rules: str
    text: str
    sql: str
    level: str = "user"
    counts: bool = False
    """Whether nothing is 0."""
    days_after: int = 0


TRAITS = (
    TraitDefinition(
        "orders_90d", "formats 2, D-3, D-8",
        "event('Order Completed').within(90 days).count()",
        """SELECT profile, count(*) FROM happened WHERE event = 'Order Completed' AND t <= $now AND t > $now - days(90)
           GROUP BY profile""",
        counts=True,
        days_after=30,
    ),
    TraitDefinition(
        "lifetime_value", "13.1, CT-5, D-40",
        "event('Order Completed').sum(property('revenue'))",
        """SELECT profile, sum(pence(properties ->> '$.revenue'))::DOUBLE FROM happened
           WHERE event = 'Order Completed' AND t <= $now GROUP BY profile""",
    ),
    TraitDefinition(
        "avg_amount", "5.3, D-40, D-53",
        "event('Plan Upgraded').avg(property('amount'))",
        """SELECT profile, sum(pence(properties ->> '$.amount'))::DOUBLE / count(*) FROM happened
           WHERE event = 'Plan Upgraded' AND t <= $now GROUP BY profile""",
    ),
    TraitDefinition(
        "dearest_seen", "D-3, AMB-38",
        "event('Product Viewed').within(30 days).max(property('price'))",
        """SELECT profile, max((properties ->> '$.price')::DOUBLE) FROM happened
           WHERE event = 'Product Viewed' AND t <= $now AND t > $now - days(30) GROUP BY profile""",
    ),
    TraitDefinition(
        "cheapest_line", "D-41, AU-10",
        "event('Order Completed').min(property('products.$.price'))",
        """SELECT profile, min(list_min((properties ->> '$.products[*].price')::DOUBLE[])) FROM happened
           WHERE event = 'Order Completed' AND t <= $now GROUP BY profile""",
    ),
    TraitDefinition(
        "favourite_brand", "5.3, D-8, AMB-36",
        "event('Product Viewed').mode(property('brand'), 3)",
        """SELECT profile, brand FROM (
               SELECT profile, properties ->> '$.brand' AS brand, count(*) AS n FROM happened
               WHERE event = 'Product Viewed' AND t <= $now GROUP BY profile, brand HAVING count(*) >= 3)
           QUALIFY row_number() OVER (PARTITION BY profile ORDER BY n DESC, brand) = 1""",
    ),
    TraitDefinition(
        "favourite_category", "13.1, V-24, D-8, D-40",
        "event('Product Viewed').mode(property('category'))",
        """SELECT profile, category FROM (
               SELECT profile, properties ->> '$.category' AS category, count(*) AS n FROM happened
               WHERE event = 'Product Viewed' AND t <= $now GROUP BY profile, category HAVING count(*) >= 2)
           QUALIFY row_number() OVER (PARTITION BY profile ORDER BY n DESC, category) = 1""",
    ),
    TraitDefinition(
        "usual_campaign", "13.1 repeat purchase, AU-6",
        "event('Page Viewed').within(60 days).mode(context('campaign.source'), 1)",
        """SELECT profile, source FROM (
               SELECT profile, context ->> '$.campaign.source' AS source, count(*) AS n FROM happened
               WHERE event = 'Page Viewed' AND t <= $now AND t > $now - days(60) AND context ->> '$.campaign.source' IS NOT NULL
               GROUP BY ALL)
           QUALIFY row_number() OVER (PARTITION BY profile ORDER BY n DESC, source) = 1""",
    ),
    TraitDefinition(
        "first_campaign", "AMB-37, D-8",
        "event('Page Viewed').first(context('campaign.name'))",
        """SELECT profile, context ->> '$.campaign.name' FROM happened
           WHERE event = 'Page Viewed' AND t <= $now AND context ->> '$.campaign.name' IS NOT NULL
           QUALIFY row_number() OVER (PARTITION BY profile ORDER BY row) = 1""",
    ),
    TraitDefinition(
        "last_search", "D-2, D-8",
        "event('Products Searched').last(property('query'))",
        """SELECT profile, properties ->> '$.query' FROM happened WHERE event = 'Products Searched' AND t <= $now
           QUALIFY row_number() OVER (PARTITION BY profile ORDER BY row DESC) = 1""",
    ),
    TraitDefinition(
        "categories_seen_90d", "CT-4, D-3, D-8",
        "event('Product Viewed').within(90 days).unique(property('category'))",
        """SELECT profile, list_sort(list(DISTINCT properties ->> '$.category')) FROM happened
           WHERE event = 'Product Viewed' AND t <= $now AND t > $now - days(90) GROUP BY profile""",
        days_after=30,
    ),
    TraitDefinition(
        "n_categories_seen_90d", "5.3, D-8",
        "event('Product Viewed').within(90 days).unique(property('category')).count()",
        """SELECT profile, count(DISTINCT properties ->> '$.category') FROM happened
           WHERE event = 'Product Viewed' AND t <= $now AND t > $now - days(90) GROUP BY profile""",
        counts=True,
        days_after=30,
    ),
    TraitDefinition(
        "categories_bought", "AU-10, D-41",
        "event('Order Completed').unique(property('products.$.category'))",
        """SELECT profile, list_sort(list(DISTINCT category)) FROM (
               SELECT profile, unnest(properties ->> '$.products[*].category') AS category FROM happened
               WHERE event = 'Order Completed' AND t <= $now) GROUP BY profile""",
    ),
    TraitDefinition(
        "session_pages", "5.3, CT-4, V-25, D-43",
        "event('Page Viewed').expires_after(1 hour).count()",
        """WITH pages AS (
               SELECT profile, row, coalesce(t - lag(t) OVER (PARTITION BY profile ORDER BY row) >= hours(1), true) AS begins
               FROM happened WHERE event = 'Page Viewed' AND t <= $now),
           numbered AS (SELECT profile, sum(begins::INT) OVER (PARTITION BY profile ORDER BY row) AS session FROM pages)
           SELECT profile, count(*) FROM numbered
           WHERE (profile, session) IN (SELECT (profile, max(session)) FROM numbered GROUP BY profile) GROUP BY profile""",
        counts=True,
    ),
    TraitDefinition(
        "session_spend", "CT-4, D-43, semantics: a session of what the chain leaves over",
        "event('Product Added').where(property('price') >= 20).expires_after(30 minutes).sum(property('price'))",
        """WITH added AS (
               SELECT profile, row, pence(properties ->> '$.price') AS price,
                      coalesce(t - lag(t) OVER (PARTITION BY profile ORDER BY row) >= minutes(30), true) AS begins
               FROM happened WHERE event = 'Product Added' AND t <= $now AND (properties ->> '$.price')::DOUBLE >= 20),
           numbered AS (SELECT profile, price, sum(begins::INT) OVER (PARTITION BY profile ORDER BY row) AS session FROM added)
           SELECT profile, sum(price)::DOUBLE FROM numbered
           WHERE (profile, session) IN (SELECT (profile, max(session)) FROM numbered GROUP BY profile) GROUP BY profile""",
    ),
    TraitDefinition(
        "avg_order", "D-40, D-53",
        "event('Order Completed').avg(property('revenue'))",
        """SELECT profile, sum(pence(properties ->> '$.revenue'))::DOUBLE / count(*) FROM happened
           WHERE event = 'Order Completed' AND t <= $now GROUP BY profile""",
    ),
    TraitDefinition(
        "orders_above_mean", "D-9, issue 3: traits of traits",
        "event('Order Completed').where(property('revenue') > trait('avg_order')).count()",
        """WITH orders AS (SELECT profile, pence(properties ->> '$.revenue') AS revenue
                           FROM happened WHERE event = 'Order Completed' AND t <= $now),
           means AS (SELECT profile, sum(revenue)::DOUBLE / count(*) AS mean FROM orders GROUP BY profile)
           SELECT profile, count(*) FROM orders JOIN means USING (profile) WHERE revenue::DOUBLE > mean GROUP BY profile""",
        counts=True,
    ),
    TraitDefinition(
        "first_search_by_letter", "QL min, D-40",
        "event('Products Searched').min(property('query') as string)",
        """SELECT profile, min(properties ->> '$.query') FROM happened
           WHERE event = 'Products Searched' AND t <= $now GROUP BY profile""",
    ),
    TraitDefinition(
        "opened_by_readers", "D-9, AU-25, issue 3: a trait that names an audience",
        "event('Email Opened').where(audience('newsletter_readers')).within(30 days).count()",
        """SELECT profile, count(*) FROM happened JOIN trait_now('$.newsletter', $now) AS newsletter USING (profile)
           JOIN eligible USING (profile)
           WHERE event = 'Email Opened' AND t <= $now AND t > $now - days(30) AND newsletter.value = 'true'::JSON
             AND eligible.since <= $now GROUP BY profile""",
        counts=True,
    ),
    TraitDefinition(
        "usual_quantities", "AU-10, CT mode as array",
        "event('Order Completed').mode(property('products.$.quantity') as array, 1)",
        """SELECT profile, quantities::INTEGER[] FROM (
               SELECT profile, properties ->> '$.products[*].quantity' AS quantities, count(*) AS n FROM happened
               WHERE event = 'Order Completed' AND t <= $now GROUP BY ALL)
           QUALIFY row_number() OVER (
               PARTITION BY profile ORDER BY n DESC, '[' || array_to_string(quantities, ',') || ']') = 1""",
    ),
    TraitDefinition(
        "logins_30d", "UC-8, CT-6, AU-27",
        "event('Signed In').within(30 days).count()",
        """SELECT account, count(*) FROM linked JOIN happened USING (profile)
           WHERE event = 'Signed In' AND linked.since <= $now AND t <= $now AND t > $now - days(30) GROUP BY account""",
        level="account",
        counts=True,
    ),
    TraitDefinition(
        "account_value", "CT-6, AU-27, D-40",
        "event('Order Completed').sum(property('revenue'))",
        """SELECT account, sum(pence(properties ->> '$.revenue'))::DOUBLE FROM linked JOIN happened USING (profile)
           WHERE event = 'Order Completed' AND linked.since <= $now AND t <= $now GROUP BY account""",
        level="account",
    ),
    TraitDefinition(
        "account_last_seen", "CT-6, semantics: one order over all linked people",
        "event('Product Viewed').last(property('product_id'))",
        """SELECT account, properties ->> '$.product_id' FROM linked JOIN happened USING (profile)
           WHERE event = 'Product Viewed' AND linked.since <= $now AND t <= $now
           QUALIFY row_number() OVER (PARTITION BY account ORDER BY row DESC) = 1""",
        level="account",
    ),
    TraitDefinition(
        "account_session", "CT-4, CT-6, D-43",
        "event('Signed In').expires_after(1 day).count()",
        """WITH logins AS (
               SELECT account, row, coalesce(t - lag(t) OVER (PARTITION BY account ORDER BY row) >= days(1), true) AS begins
               FROM linked JOIN happened USING (profile) WHERE event = 'Signed In' AND linked.since <= $now AND t <= $now),
           numbered AS (SELECT account, sum(begins::INT) OVER (PARTITION BY account ORDER BY row) AS session FROM logins)
           SELECT account, count(*) FROM numbered
           WHERE (account, session) IN (SELECT (account, max(session)) FROM numbered GROUP BY account) GROUP BY account""",
        level="account",
        counts=True,
    ),
)  # fmt: skip
