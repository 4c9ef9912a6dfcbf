namespace Widget.Admin.Look;

/// <summary>The tag in the form that each kind of site needs (docs/embedding.md).</summary>
public static class TagSnippets
{
    public static IReadOnlyList<(string Id, string? Name)> Kinds { get; } =
    [
        ("html", null), ("gtm", "Google Tag Manager"), ("wordpress", "WordPress"), ("shopify", "Shopify"), ("webflow", "Webflow"),
        ("next", "Next.js"), ("react", "React"),
    ];

    /// <param name="kind">An id of <see cref="Kinds"/>.</param>
    /// <param name="script">Address of widget.js.</param>
    /// <param name="key">The site key.</param>
    public static string Of(string kind, string script, string key) => kind switch
    {
        // Tag Manager and some sites of Webflow remove data attributes.
        "gtm" or "webflow" => $"<script async src=\"{script}?key={key}\"></script>",
        "wordpress" => $$"""
            add_action('wp_enqueue_scripts', function () {
                wp_enqueue_script('company-chat', '{{script}}?key={{key}}', [], null,
                    ['strategy' => 'defer', 'in_footer' => true]);
            });
            """,
        "next" => $"""
            import Script from 'next/script';

            <Script src="{script}" data-site-key="{key}" strategy="afterInteractive" />
            """,
        "react" => $$"""
            useEffect(() => {
              const script = document.createElement('script');
              script.src = '{{script}}';
              script.async = true;
              script.dataset.siteKey = '{{key}}';
              document.head.append(script);
            }, []);
            """,
        _ => $"<script async src=\"{script}\" data-site-key=\"{key}\"></script>",
    };
}
