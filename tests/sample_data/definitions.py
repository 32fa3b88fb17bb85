"""Audiences of people: what the engine reference shows (5.3, 13, Appendix B) and what stands between its lines.

Each beside SQL written by hand from the text, for Storefront. `$now` is the instant asked in microseconds, the macros are
those of `shop_sql`. The SQL may name people who are not eligible; those are left out afterwards (AU-4).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """`days_after`: how long after the log's end the last instant lies, for windows that must run out (D-48)."""

    key: str
    rules: str
    text: str
    sql: str
    level: str = "user"
    days_after: int = 0
    include_anonymous: bool = False
    empty: bool = False
    """Whether nobody is expected on this log at all, as of an event that the shop does not have."""


PEOPLE = (
    # 5.3, the examples of the reference
    Definition(
        "upgraded_well", "5.3, D-3, D-40",
        "event('Plan Upgraded').where(property('amount') >= 50).within(14 days).count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Plan Upgraded' AND t <= $now AND t > $now - days(14)
           AND try_cast(properties ->> '$.amount' AS DOUBLE) >= 50""",
    ),
    Definition(
        "spent_above_own_average", "5.3, AU-17, AU-18, D-9, D-10, D-43",
        "event('Plan Upgraded').where(property('amount') > trait('avg_amount') AND "
        "event('Plan Cancelled').within(parent: 3 days).count() >= 1).within(60 days).count() >= 1",
        """WITH upgraded AS (
               SELECT profile, t, row, (properties ->> '$.amount')::DOUBLE AS amount
               FROM happened WHERE event = 'Plan Upgraded' AND t <= $now),
           usual AS (SELECT profile, sum(amount::DECIMAL(18, 2))::DOUBLE / count(*) AS mean FROM upgraded GROUP BY profile)
           SELECT DISTINCT parent.profile FROM upgraded AS parent JOIN usual USING (profile)
           JOIN happened AS child ON child.profile = parent.profile AND child.event = 'Plan Cancelled'
               AND child.row > parent.row AND child.t <= parent.t + days(3) AND child.t <= $now
           WHERE parent.t > $now - days(60) AND parent.amount > usual.mean""",
    ),
    Definition(
        "same_cart_not_bought", "5.3, AU-17, AU-19, D-3, D-10",
        "event('Cart Viewed').where(NOT event('Order Completed').where(property('cart_id') = property(parent: 'cart_id'))"
        ".within(parent: 1 day).count() >= 1).within(7 days).count() >= 1",
        """SELECT parent.profile FROM happened AS parent
           WHERE parent.event = 'Cart Viewed' AND parent.t <= $now AND parent.t > $now - days(7) AND NOT EXISTS (
               SELECT 1 FROM happened AS child
               WHERE child.profile = parent.profile AND child.event = 'Order Completed' AND child.row > parent.row
                 AND child.t <= parent.t + days(1) AND child.t <= $now
                 AND child.properties ->> '$.cart_id' = parent.properties ->> '$.cart_id')""",
    ),
    Definition(
        "app_gone_quiet", "5.3, AU-13, D-3",
        "event('App Opened').between(30 days, 90 days).count() >= 1 AND NOT event('App Opened').within(30 days).count() >= 1",
        """SELECT profile FROM happened WHERE event = 'App Opened' AND t <= $now GROUP BY profile
           HAVING bool_or(t > $now - days(90) AND t <= $now - days(30)) AND NOT bool_or(t > $now - days(30))""",
    ),
    Definition(
        "renewal_due", "5.3, AU-8, AU-25, D-8, D-42",
        "trait('renewal_at').within_next(10 days) AND NOT trait('suppressed_users') = 'true'",
        """SELECT profile FROM trait_now('$.renewal_at', $now)
           WHERE instant(value ->> '$') BETWEEN $now AND $now + days(10)
             AND profile NOT IN (SELECT profile FROM happened WHERE event = 'Unsubscribed' AND t <= $now)""",
    ),
    Definition(
        "suppressed_users", "AU-3, AU-15",
        "event('Unsubscribed').count() >= 1",
        "SELECT profile FROM happened WHERE event = 'Unsubscribed' AND t <= $now",
    ),
    # 13.1, V1 recipes
    Definition(
        "one_order", "13.1 repeat purchase, AU-3",
        "event('Order Completed').count() = 1",
        "SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now GROUP BY profile HAVING count(*) = 1",
    ),
    Definition(
        "winback", "13.1 low-recency winback, AU-5, D-8, D-48",
        "event('Order Completed').within(180 days).count() = 0 AND trait('lifetime_value') > 100",
        """SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now GROUP BY profile
           HAVING max(t) <= $now - days(180) AND sum(pence(properties ->> '$.revenue')) > 100""",
        days_after=140,
    ),
    Definition(
        "trial_to_paid", "13.1 trial to paid, AU-5",
        "event('Trial Started').count() >= 1 AND event('Subscription Started').count() = 0",
        """SELECT profile FROM happened WHERE t <= $now GROUP BY profile
           HAVING bool_or(event = 'Trial Started') AND NOT bool_or(event = 'Subscription Started')""",
    ),
    Definition(
        "b2b_onboarding", "13.1 B2B onboarding, AU-5",
        "event('Account Created').count() >= 1 AND NOT event('Tutorial Completed').count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Account Created' AND t <= $now
           EXCEPT SELECT profile FROM happened WHERE event = 'Tutorial Completed' AND t <= $now""",
    ),
    Definition(
        "free_subscription", "13.1 paid subscription acquisition, D-40",
        "event('Subscription Started').where(property('plan') = 'Free').count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Subscription Started' AND t <= $now
           AND properties ->> '$.plan' = 'Free'""",
        empty=True,
    ),
    Definition(
        "no_page_for_60_days", "13.1 re-engagement, UC-5 dormant, AU-5, D-5",
        "event('Page Viewed').within(60 days).count() = 0",
        """SELECT profile FROM eligible WHERE since <= $now AND profile NOT IN (
               SELECT profile FROM happened WHERE event = 'Page Viewed' AND t <= $now AND t > $now - days(60))""",
    ),
    Definition(
        "browsed_but_not_today", "13.1 re-engagement, D-3, D-5",
        "event('Page Viewed').between(1 day, 60 days).count() >= 1 AND event('Page Viewed').within(1 day).count() = 0",
        """SELECT profile FROM happened WHERE event = 'Page Viewed' AND t <= $now GROUP BY profile
           HAVING count(*) FILTER (WHERE t > $now - days(60) AND t <= $now - days(1)) >= 1
              AND count(*) FILTER (WHERE t > $now - days(1)) = 0""",
    ),
    Definition(
        "loyal", "13.1 loyalty reward, AU-10, D-41",
        "event('Order Completed').where(property('products.$.price') > 50).within(30 days).count() >= 2",
        """SELECT profile FROM happened
           WHERE event = 'Order Completed' AND t <= $now AND t > $now - days(30)
             AND list_max((properties ->> '$.products[*].price')::DOUBLE[]) > 50
           GROUP BY profile HAVING count(*) >= 2""",
    ),
    Definition(
        "refunded", "13.1 loyalty reward",
        "event('Order Refunded').within(30 days).count() >= 1",
        "SELECT profile FROM happened WHERE event = 'Order Refunded' AND t <= $now AND t > $now - days(30)",
    ),
    Definition(
        "cart_abandoned", "13.1 cart abandonment, D-3",
        "event('Product Added').within(7 days).count() >= 1 AND NOT event('Order Completed').within(7 days).count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Product Added' AND t <= $now AND t > $now - days(7)
           EXCEPT SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now AND t > $now - days(7)""",
    ),
    Definition(
        "item_not_purchased", "13.1 low-recency offer, AU-5",
        "event('Item Purchased').within(180 days).count() = 0",
        "SELECT profile FROM eligible WHERE since <= $now",
    ),
    Definition(
        "newsletter_readers", "13.1 newsletter, D-8, D-40, QL-5",
        "trait('newsletter') = 'true'",
        "SELECT profile FROM trait_now('$.newsletter', $now) WHERE value = 'true'::JSON",
    ),
    # 13.3, other documented patterns
    Definition(
        "delivered_not_opened", "UC-1, AU-18, AU-21, D-10",
        "event('Email Delivered').where(event('Email Opened').where(property('campaign_id') = "
        "property(parent: 'campaign_id')).within(parent: 2 days).count() = 0).within(30 days).count() >= 3",
        """SELECT parent.profile FROM happened AS parent
           WHERE parent.event = 'Email Delivered' AND parent.t <= $now AND parent.t > $now - days(30) AND NOT EXISTS (
               SELECT 1 FROM happened AS child
               WHERE child.profile = parent.profile AND child.event = 'Email Opened' AND child.row > parent.row
                 AND child.t <= parent.t + days(2) AND child.t <= $now
                 AND child.properties ->> '$.campaign_id' = parent.properties ->> '$.campaign_id')
           GROUP BY parent.profile HAVING count(*) >= 3""",
    ),
    Definition(
        "slow_readers", "UC-1, AU-17, D-3, D-43",
        "event('Email Delivered').where(event('Email Opened').where(property('campaign_id') = "
        "property(parent: 'campaign_id')).between(parent: 6 hours, 2 days).count() >= 1).count() >= 2",
        """SELECT profile FROM (
               SELECT DISTINCT parent.profile, parent.row FROM happened AS parent JOIN happened AS child USING (profile)
               WHERE parent.event = 'Email Delivered' AND child.event = 'Email Opened' AND child.t <= $now
                 AND child.row > parent.row AND child.t > parent.t + hours(6) AND child.t <= parent.t + days(2)
                 AND child.properties ->> '$.campaign_id' = parent.properties ->> '$.campaign_id')
           GROUP BY profile HAVING count(*) >= 2""",
    ),
    Definition(
        "started_not_finished", "UC-4, AU-17, AU-18, D-43",
        "event('Product Viewed').where(event('Product Added').where(property('product_id') = property(parent: 'product_id') "
        "AND NOT event('Checkout Started').where(property('cart_id') = property(parent: 'cart_id'))"
        ".within(parent: 1 hour).count() >= 1).within(parent: 30 minutes).count() >= 1).within(14 days).count() >= 1",
        """SELECT seen.profile FROM happened AS seen JOIN happened AS added USING (profile)
           WHERE seen.event = 'Product Viewed' AND seen.t <= $now AND seen.t > $now - days(14)
             AND added.event = 'Product Added' AND added.row > seen.row AND added.t <= seen.t + minutes(30) AND added.t <= $now
             AND added.properties ->> '$.product_id' = seen.properties ->> '$.product_id'
             AND NOT EXISTS (
                 SELECT 1 FROM happened AS paid
                 WHERE paid.profile = added.profile AND paid.event = 'Checkout Started' AND paid.row > added.row
                   AND paid.t <= added.t + hours(1) AND paid.t <= $now
                   AND paid.properties ->> '$.cart_id' = added.properties ->> '$.cart_id')""",
    ),
    Definition(
        "suppress_with_purchase", "UC-3, D-3",
        "event('Order Completed').within(21 days).count() >= 1 OR event('Page Viewed').within(2 days).count() >= 1",
        """SELECT profile FROM happened WHERE t <= $now
           AND (event = 'Order Completed' AND t > $now - days(21) OR event = 'Page Viewed' AND t > $now - days(2))""",
    ),
    Definition(
        "potential_vips", "UC-5, D-8, D-9",
        "event('Page Viewed').within(14 days).count() >= 1 AND trait('lifetime_value') >= 150 AND NOT trait('plan') = 'plus'",
        """SELECT profile FROM happened WHERE t <= $now GROUP BY profile
           HAVING bool_or(event = 'Page Viewed' AND t > $now - days(14))
              AND sum(pence(properties ->> '$.revenue')) FILTER (WHERE event = 'Order Completed') >= 150
           EXCEPT SELECT profile FROM trait_now('$.plan', $now) WHERE value ->> '$' = 'plus'""",
    ),
    Definition(
        "admins_of_media", "UC-8, AU-23",
        "audience('industry_media') AND trait('role') = 'admin'",
        """SELECT profile FROM trait_now('$.role', $now) AS role JOIN linked USING (profile)
           JOIN tier_now('$.industry', $now) AS industry USING (account)
           WHERE role.value ->> '$' = 'admin' AND industry.value ->> '$' = 'media' AND linked.since <= $now""",
    ),
    # Appendix B and formats.md 2
    Definition(
        "added_not_ordered", "V-2, AU-18, AU-19, D-10",
        "event('Product Added').where(event('Order Completed').within(parent: 1 day).count() = 0).within(7 days).count() >= 1",
        """SELECT parent.profile FROM happened AS parent
           WHERE parent.event = 'Product Added' AND parent.t <= $now AND parent.t > $now - days(7) AND NOT EXISTS (
               SELECT 1 FROM happened AS child WHERE child.profile = parent.profile AND child.event = 'Order Completed'
               AND child.row > parent.row AND child.t <= parent.t + days(1) AND child.t <= $now)""",
    ),
    Definition(
        "not_exactly_one_checkout", "V-3, AU-21, AMB-10",
        "event('Product Added').where(NOT event('Checkout Started').within(parent: 3 days).count() = 1).within(10 days)"
        ".count() >= 2",
        """SELECT profile FROM (
               SELECT parent.profile, parent.row, count(child.row) AS found
               FROM happened AS parent LEFT JOIN happened AS child
                 ON child.profile = parent.profile AND child.event = 'Checkout Started' AND child.row > parent.row
                 AND child.t <= parent.t + days(3) AND child.t <= $now
               WHERE parent.event = 'Product Added' AND parent.t <= $now AND parent.t > $now - days(10)
               GROUP BY parent.profile, parent.row)
           WHERE found <> 1 GROUP BY profile HAVING count(*) >= 2""",
    ),
    Definition(
        "lapsed", "formats 2, D-8, D-9",
        "trait('orders_90d') = 0 AND event('Order Completed').count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now
           GROUP BY profile HAVING max(t) <= $now - days(90)""",
        days_after=45,
    ),
    Definition(
        "no_admin", "V-4, AU-9, D-40",
        "trait('role') != 'admin' AND NOT trait('role') = 'admin'",
        "SELECT profile FROM trait_now('$.role', $now) WHERE value ->> '$' <> 'admin'",
    ),
    Definition(
        "gardeners", "V-5, AU-10, D-41",
        "event('Order Completed').where(property('products.$.category') = 'garden' AND property('products.$.quantity') >= 2)"
        ".count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now
           AND list_contains(properties ->> '$.products[*].category', 'garden')
           AND list_max((properties ->> '$.products[*].quantity')::INTEGER[]) >= 2""",
    ),
    # What stands between the lines
    Definition(
        "trial_long_over", "D-42, AU-8, D-9",
        "event('Trial Started').where(property('trial_end_date').before_last(3 days)).count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Trial Started' AND t <= $now
             AND instant(properties ->> '$.trial_end_date') <= $now - days(3)""",
    ),
    Definition(
        "renewal_far_ahead", "D-42, AU-8, ID-10",
        "trait('renewal_at').after_next(4 weeks)",
        "SELECT profile FROM trait_now('$.renewal_at', $now) WHERE instant(value ->> '$') >= $now + days(28)",
    ),
    Definition(
        "renewal_in_spring", "D-42, D-53, QL-5",
        "trait('renewal_at').after_date('2025-05-01') AND trait('renewal_at').before_date('2025-06-20T12:00:00Z') "
        "AND NOT trait('renewal_at').within_last(1 week)",
        """SELECT profile FROM trait_now('$.renewal_at', $now)
           WHERE instant(value ->> '$') BETWEEN epoch_us(TIMESTAMP '2025-05-01') AND epoch_us(TIMESTAMP '2025-06-20 12:00:00')
             AND NOT instant(value ->> '$') BETWEEN $now - days(7) AND $now""",
    ),
    Definition(
        "trial_ends_soon", "D-42, D-9, D-43",
        "event('Trial Started').where(property('trial_end_date').within_next(3 days)).count() >= 1 "
        "AND NOT event('Subscription Started').count() >= 1",
        """SELECT profile FROM happened WHERE event = 'Trial Started' AND t <= $now
             AND instant(properties ->> '$.trial_end_date') BETWEEN $now AND $now + days(3)
           EXCEPT SELECT profile FROM happened WHERE event = 'Subscription Started' AND t <= $now""",
    ),
    Definition(
        "likes_gardens_not_toys", "D-41, D-53, AU-9",
        "trait('interests').contains('gard', 'kit') AND trait('interests').omits('toy') AND NOT trait('interests').absent()",
        """SELECT profile FROM trait_now('$.interests', $now)
           WHERE list_bool_or(list_transform(value ->> '$[*]', lambda x: contains(x, 'gard') OR contains(x, 'kit')))
             AND NOT list_bool_or(list_transform(value ->> '$[*]', lambda x: contains(x, 'toy')))""",
    ),
    Definition(
        "no_interest_told", "D-8, D-41, D-53",
        "trait('interests').absent() AND trait('address.city').exists() AND trait('address.area').none_of('Asia', 'America')",
        """SELECT profile FROM trait_now('$.address', $now)
           WHERE value ->> '$.city' IS NOT NULL AND value ->> '$.area' NOT IN ('Asia', 'America') AND profile NOT IN (
               SELECT profile FROM trait_now('$.interests', $now) WHERE json_array_length(value) > 0)""",
    ),
    Definition(
        "came_by_mail_or_ad", "AU-6, D-43",
        "event('Page Viewed').where(context('campaign.medium').one_of('email', 'paid')).within(30 days).count() >= 2",
        """SELECT profile FROM happened WHERE event = 'Page Viewed' AND t <= $now AND t > $now - days(30)
             AND context ->> '$.campaign.medium' IN ('email', 'paid')
           GROUP BY profile HAVING count(*) >= 2""",
    ),
    Definition(
        "app_lovers", "D-43, EV-7",
        "event('Product Viewed').sources({exclude: ['web']}).within(14 days).count() >= 5",
        """SELECT profile FROM happened WHERE event = 'Product Viewed' AND t <= $now AND t > $now - days(14)
             AND source <> 'web' GROUP BY profile HAVING count(*) >= 5""",
    ),
    Definition(
        "in_session", "CT-4, D-9, D-43",
        "trait('session_pages') >= 2 AND event('Page Viewed').within(12 hours).count() >= 1",
        """WITH pages AS (
               SELECT profile, t, row, coalesce(t - lag(t) OVER (PARTITION BY profile ORDER BY row) >= hours(1), true) AS begins
               FROM happened WHERE event = 'Page Viewed' AND t <= $now),
           numbered AS (SELECT profile, t, sum(begins::INT) OVER (PARTITION BY profile ORDER BY row) AS session FROM pages),
           latest AS (SELECT profile, max(session) AS session FROM numbered GROUP BY profile)
           SELECT profile FROM numbered JOIN latest USING (profile, session) GROUP BY profile
           HAVING count(*) >= 2 AND max(t) > $now - hours(12)""",
    ),
    Definition(
        "true_to_a_favourite", "D-9, CT-1, D-8",
        "event('Product Viewed').where(property('category') = trait('favourite_category')).within(7 days).count() >= 2",
        """WITH seen AS (SELECT profile, t, properties ->> '$.category' AS category
                         FROM happened WHERE event = 'Product Viewed' AND t <= $now),
           counted AS (SELECT profile, category, count(*) AS n FROM seen GROUP BY profile, category HAVING count(*) >= 2),
           favourite AS (SELECT profile, category FROM counted
                         QUALIFY row_number() OVER (PARTITION BY profile ORDER BY n DESC, category) = 1)
           SELECT profile FROM seen JOIN favourite USING (profile, category)
           WHERE t > $now - days(7) GROUP BY profile HAVING count(*) >= 2""",
    ),
    Definition(
        "looks_dearer_than_ever_bought", "QL-4, D-40, D-8",
        "event('Product Viewed').within(14 days).max(property('price')) > event('Order Completed').max(property('revenue'))",
        """SELECT profile FROM happened WHERE t <= $now GROUP BY profile
           HAVING max((properties ->> '$.price')::DOUBLE) FILTER (WHERE event = 'Product Viewed' AND t > $now - days(14))
                > max((properties ->> '$.revenue')::DOUBLE) FILTER (WHERE event = 'Order Completed')""",
    ),
    Definition(
        "spent_30d", "D-40, QL-8, D-3",
        "event('Order Completed').within(30 days).sum(property('revenue')) >= 80 AND "
        "event('Order Completed').within(30 days).unique(property('products.$.category')).count() >= 2",
        """WITH orders AS (SELECT * FROM happened WHERE event = 'Order Completed' AND t <= $now AND t > $now - days(30)),
           lines AS (SELECT profile, unnest(properties ->> '$.products[*].category') AS category FROM orders)
           SELECT profile FROM orders GROUP BY profile HAVING sum(pence(properties ->> '$.revenue')) >= 80
           INTERSECT SELECT profile FROM lines GROUP BY profile HAVING count(DISTINCT category) >= 2""",
    ),
    Definition(
        "partly_refunded", "AU-17, D-40, D-43",
        "event('Order Completed').where(event('Order Refunded').where(property('order_id') = property(parent: 'order_id') "
        "AND property('revenue') < property(parent: 'revenue')).count() >= 1).count() >= 1",
        """SELECT parent.profile FROM happened AS parent JOIN happened AS child USING (profile)
           WHERE parent.event = 'Order Completed' AND child.event = 'Order Refunded' AND child.t <= $now AND child.row > parent.row
             AND child.properties ->> '$.order_id' = parent.properties ->> '$.order_id'
             AND (child.properties ->> '$.revenue')::DOUBLE < (parent.properties ->> '$.revenue')::DOUBLE""",
    ),
    Definition(
        "back_from_the_background", "D-8, D-40, AU-4",
        "event('App Opened').where(property('from_background') = 'true').within(3 days).count() >= 1",
        """SELECT profile FROM happened WHERE event = 'App Opened' AND t <= $now AND t > $now - days(3)
             AND (properties -> '$.from_background') = 'true'::JSON""",
        include_anonymous=True,
    ),
    Definition(
        "searched_lamps_last", "D-8, CT-1, QL-1",
        "trait('last_search').one_of('lamp', 'candle') AND (audience('newsletter_readers') OR trait('plan') = 'plus') "
        "OR trait('orders_above_mean') >= 3",
        """WITH searched AS (
               SELECT profile, properties ->> '$.query' AS query FROM happened WHERE event = 'Products Searched' AND t <= $now
               QUALIFY row_number() OVER (PARTITION BY profile ORDER BY row DESC) = 1),
           orders AS (SELECT profile, pence(properties ->> '$.revenue') AS revenue
                      FROM happened WHERE event = 'Order Completed' AND t <= $now),
           means AS (SELECT profile, sum(revenue)::DOUBLE / count(*) AS mean FROM orders GROUP BY profile)
           SELECT profile FROM searched WHERE query IN ('lamp', 'candle') AND profile IN (
               SELECT profile FROM trait_now('$.newsletter', $now) WHERE value = 'true'::JSON
               UNION SELECT profile FROM trait_now('$.plan', $now) WHERE value ->> '$' = 'plus')
           UNION
           SELECT profile FROM orders JOIN means USING (profile) WHERE revenue::DOUBLE > mean
           GROUP BY profile HAVING count(*) >= 3""",
    ),
    # What campaigns.json has of computed traits
    Definition(
        "best_customers", "D-8, D-9",
        "trait('orders_90d') >= 2 AND trait('lifetime_value') >= 150",
        """SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now GROUP BY profile
           HAVING count(*) FILTER (WHERE t > $now - days(90)) >= 2 AND sum(pence(properties ->> '$.revenue')) >= 150""",
    ),
    Definition(
        "gardeners_at_home", "D-8, D-9, CT-4, D-43",
        "trait('favourite_category') = 'garden' AND trait('session_pages') >= 2 AND "
        "event('Page Viewed').within(1 day).count() >= 1",
        """WITH pages AS (
               SELECT profile, t, row, coalesce(t - lag(t) OVER (PARTITION BY profile ORDER BY row) >= hours(1), true) AS begins
               FROM happened WHERE event = 'Page Viewed' AND t <= $now),
           numbered AS (SELECT profile, t, sum(begins::INT) OVER (PARTITION BY profile ORDER BY row) AS session FROM pages),
           latest AS (SELECT profile, max(session) AS session FROM numbered GROUP BY profile),
           counted AS (SELECT profile, properties ->> '$.category' AS category, count(*) AS n FROM happened
                       WHERE event = 'Product Viewed' AND t <= $now GROUP BY ALL HAVING count(*) >= 2),
           favourite AS (SELECT profile, category FROM counted
                         QUALIFY row_number() OVER (PARTITION BY profile ORDER BY n DESC, category) = 1)
           SELECT profile FROM numbered JOIN latest USING (profile, session) JOIN favourite USING (profile)
           WHERE category = 'garden' GROUP BY profile HAVING count(*) >= 2 AND max(t) > $now - days(1)""",
    ),
)  # fmt: skip
