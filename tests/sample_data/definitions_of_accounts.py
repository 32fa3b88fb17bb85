"""Audiences of accounts: 5.3, 13.1, UC-8 and the quantifiers (AU-26, AMB-11), beside SQL written by hand."""

from __future__ import annotations

from tests.sample_data.definitions import Definition

ACCOUNTS = (
    Definition(
        "industry_media", "AU-26, D-7",
        "trait('industry') = 'media'",
        "SELECT account FROM tier_now('$.industry', $now) WHERE value ->> '$' = 'media'",
        level="account",
    ),
    Definition(
        "nobody_signed_in", "5.3, AU-26, AMB-11, QL-3",
        "ALL NOT event('Signed In').within(30 days).count() >= 1",
        """SELECT id FROM account WHERE since <= $now AND id NOT IN (
               SELECT account FROM asked($now) WHERE profile IN (
                   SELECT profile FROM happened WHERE event = 'Signed In' AND t <= $now AND t > $now - days(30)))""",
        level="account",
    ),
    Definition(
        "everybody_rarely", "13.1, AU-26, AMB-11",
        "ALL event('Signed In').within(30 days).count() < 2",
        """WITH often AS (
               SELECT profile FROM happened WHERE event = 'Signed In' AND t <= $now AND t > $now - days(30)
               GROUP BY profile HAVING count(*) >= 2)
           SELECT account FROM asked($now) GROUP BY account HAVING NOT bool_or(profile IN (FROM often))""",
        level="account",
    ),
    Definition(
        "media_with_an_admin", "UC-8, AU-23, AU-26",
        "ANY trait('role') = 'admin' AND audience('industry_media')",
        """SELECT account FROM asked($now) JOIN trait_now('$.role', $now) AS role USING (profile)
           WHERE role.value ->> '$' = 'admin'
           INTERSECT SELECT account FROM tier_now('$.industry', $now) WHERE value ->> '$' = 'media'""",
        level="account",
    ),
    Definition(
        "few_logins_together", "UC-8, AU-27, CT-6",
        "trait('logins_30d') < 10",
        """SELECT id FROM account WHERE since <= $now AND id NOT IN (
               SELECT account FROM linked JOIN happened USING (profile)
               WHERE event = 'Signed In' AND linked.since <= $now AND t <= $now AND t > $now - days(30)
               GROUP BY account HAVING count(*) >= 10)""",
        level="account",
    ),
    Definition(
        "a_buyer_who_ordered", "AU-26, AU-27, QL-3",
        "ANY (trait('role') = 'buyer' AND event('Order Completed').count() >= 1) AND NOT trait('tier') = 'gold'",
        """SELECT account FROM asked($now) JOIN trait_now('$.role', $now) AS role USING (profile)
           WHERE role.value ->> '$' = 'buyer'
             AND profile IN (SELECT profile FROM happened WHERE event = 'Order Completed' AND t <= $now)
           EXCEPT SELECT account FROM tier_now('$.tier', $now) WHERE value ->> '$' = 'gold'""",
        level="account",
    ),
    Definition(
        "any_by_itself", "AU-26, semantics: events outside mean ANY",
        "event('Product Viewed').within(7 days).count() >= 5 AND trait('employees') < 50",
        """WITH busy AS (SELECT profile FROM happened WHERE event = 'Product Viewed' AND t <= $now AND t > $now - days(7)
                         GROUP BY profile HAVING count(*) >= 5)
           SELECT account FROM asked($now) WHERE profile IN (FROM busy)
           INTERSECT SELECT account FROM tier_now('$.employees', $now) WHERE (value ->> '$')::DOUBLE < 50""",
        level="account",
    ),
    Definition(
        "not_all_learnt", "AU-26, AMB-11, D-41",
        "NOT ALL event('Tutorial Completed').count() >= 1 AND trait('tier').absent()",
        """SELECT id FROM account WHERE since <= $now
             AND id NOT IN (SELECT account FROM tier_now('$.tier', $now))
             AND id NOT IN (
                 SELECT account FROM asked($now) GROUP BY account HAVING bool_and(profile IN (
                     SELECT profile FROM happened WHERE event = 'Tutorial Completed' AND t <= $now)))""",
        level="account",
    ),
    Definition(
        "somebody_left_the_cart", "AU-18, AU-26, UC-8",
        "ANY (audience('added_not_ordered') AND NOT trait('role') = 'viewer')",
        """WITH left_it AS (
               SELECT parent.profile FROM happened AS parent
               WHERE parent.event = 'Product Added' AND parent.t <= $now AND parent.t > $now - days(7) AND NOT EXISTS (
                   SELECT 1 FROM happened AS child WHERE child.profile = parent.profile AND child.event = 'Order Completed'
                   AND child.row > parent.row AND child.t <= parent.t + days(1) AND child.t <= $now))
           SELECT account FROM asked($now) WHERE profile IN (FROM left_it)
             AND profile NOT IN (SELECT profile FROM trait_now('$.role', $now) WHERE value ->> '$' = 'viewer')""",
        level="account",
    ),
    Definition(
        "all_known_by_visitors", "AMB-11, AU-4",
        "ALL event('Page Viewed').count() >= 1",
        """SELECT account FROM linked JOIN existing USING (profile) WHERE linked.since <= $now AND existing.since <= $now
           GROUP BY account HAVING bool_and(profile IN (
               SELECT profile FROM happened WHERE event = 'Page Viewed' AND t <= $now))""",
        level="account",
        include_anonymous=True,
    ),
    Definition(
        "quiet_companies", "campaigns.json, AU-26, AMB-11",
        "ANY event('Signed In').count() >= 1 AND ALL NOT event('Signed In').within(7 days).count() >= 1",
        """SELECT account FROM asked($now) JOIN happened USING (profile) WHERE event = 'Signed In' AND t <= $now
           GROUP BY account HAVING max(t) <= $now - days(7)""",
        level="account",
    ),
)  # fmt: skip
