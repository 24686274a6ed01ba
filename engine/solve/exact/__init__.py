"""Programs solved to the end: by HiGHS and min-cost flow, over some of the columns, and what they prove."""
