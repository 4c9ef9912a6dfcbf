using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Widget.Api.Agents;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;

namespace Widget.Api.Chat.Pages;

/// <summary>
/// The page on which visitors browse and search a company's agents: <c>/agents/{slug}</c>. It works without JavaScript. Each agent links
/// to the hosted page, where the visitor talks with it.
/// </summary>
internal sealed class AgentsPage(TenantInfo tenant, TenantSettings settings, PageWords pageWords, AgentsPageContent content)
{
    private const string Html = "text/html; charset=utf-8";
    private const int Limit = 24;

    private readonly AgentsPageWords _words = AgentsPageWords.Of(pageWords.Locale);

    public static void MapAgentsPage(IEndpointRouteBuilder routes) => routes.MapGet("/agents/{slug}", Show).ExcludeFromDescription();

    private static async Task<IResult> Show(
        HttpContext http,
        IMultiTenantContextAccessor tenants,
        TenantSettingsService settings,
        AgentService agents,
        CancellationToken ct,
        string? search = null,
        string? tag = null,
        string? after = null)
    {
        if (http.GetRouteValue("slug") is string slug && slug.ToLowerInvariant() is var canonical && canonical != slug)
            return TypedResults.LocalRedirect($"/agents/{Uri.EscapeDataString(canonical)}{http.Request.QueryString}", permanent: true);
        http.Response.Headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        http.Response.Headers.Vary = "Accept-Language";
        var words = PageWords.Of(http.Request);
        if (tenants.MultiTenantContext.TenantInfo is { } tenant
            && await settings.ReadAsync(tenant.TenantId, ct) is { Agents.VisitorsChoose: true } current
            && search is not { Length: > 200 }
            && await agents.ListAsync(tenant.TenantId, new AgentFilter(search, tag, ListedOnly: true), after, Limit, ct) is { } found)
        {
            var content = new AgentsPageContent(found.Rows, found.Next, await agents.TagsAsync(tenant.TenantId, ct), search, tag, after);
            var page = new AgentsPage(tenant, current, words.For(current), content);
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; style-src 'self' {PagePolicy.HashOf(page.Style)}; img-src 'self' https: data:; "
                + "base-uri 'none'; form-action 'self'";
            return TypedResults.Content(page.Render(), Html);
        }

        http.Response.Headers.ContentSecurityPolicy = PagePolicy.WithoutChat;
        return TypedResults.Content(CompanyPage.NotFound(words), Html, statusCode: StatusCodes.Status404NotFound);
    }

    private string Style => CompanyPage.StyleOf(settings.Theme);

    private string Render()
    {
        var title = Encode(CompanyPage.Fill(_words.Title, tenant.Name));
        var head = $"<title>{title}</title>\n<link rel=\"icon\" href=\"{Encode(settings.Theme.LogoUrl ?? "data:,")}\">\n"
            + $"<style>{Style}</style>";
        var body = new StringBuilder(
            $"""
            <div class="agents"><header>
            <div class="brand">{CompanyPage.Picture("logo", settings.Theme.LogoUrl)}<span>{Encode(tenant.Name)}</span></div>
            <h1>{Encode(_words.Heading)}</h1>
            <form class="search" role="search"><label><span class="hidden">{Encode(_words.Search)}</span>
            <input type="search" name="search" maxlength="200" value="{Encode(content.Search ?? "")}" placeholder="{Encode(_words.Search)}">
            </label><button>{Encode(_words.Find)}</button></form>
            """);
        AddTags(body);
        body.Append("</header><main><ul class=\"cards\">");
        if (content.IsStart) AddCard(body, VisitorAgentEndpoints.OwnCard(settings), _words.Own);
        foreach (var row in content.Agents) AddCard(body, VisitorAgentEndpoints.Card(row, tenant.Slug), null);
        body.Append("</ul>");
        if (content.Agents.Count == 0 && !content.IsStart) body.Append($"<p class=\"none\">{Encode(_words.None)}</p>");
        if (content.Next is { } next)
            body.Append($"<p class=\"more\"><a href=\"{Encode(Link(content.Search, content.Tag, next))}\">{Encode(_words.More)}</a></p>");
        body.Append("</main></div>");
        return CompanyPage.Document(pageWords, head, body.ToString());
    }

    private void AddTags(StringBuilder body)
    {
        if (content.Tags.Count == 0) return;
        body.Append($"<nav class=\"tags\" aria-label=\"{Encode(_words.Topics)}\">");
        AddTag(body, _words.All, null);
        foreach (var tag in content.Tags) AddTag(body, tag, tag);
        body.Append("</nav>");
    }

    private void AddTag(StringBuilder body, string label, string? tag)
    {
        var current = string.Equals(tag, content.Tag, StringComparison.OrdinalIgnoreCase) ? " aria-current=\"true\"" : "";
        body.Append($"<a href=\"{Encode(Link(content.Search, tag, null))}\"{current}>{Encode(label)}</a>");
    }

    private void AddCard(StringBuilder body, AgentCard card, string? note)
    {
        var address = card.Id is { } id ? $"/widget/{tenant.Slug}?agent={id}" : $"/widget/{tenant.Slug}";
        var portrait = card.Portrait is { } picture
            ? $"<img class=\"portrait\" src=\"{Encode(picture)}\" alt=\"\" loading=\"lazy\">"
            : $"<span class=\"portrait initial\" aria-hidden=\"true\">{Encode(card.Name.EnumerateRunes().First().ToString())}</span>";
        body.Append($"<li>{portrait}<h2>{Encode(card.Name)}</h2>");
        if (note is not null) body.Append($"<p class=\"note\">{Encode(note)}</p>");
        if (card.Description is { } description) body.Append($"<p class=\"description\">{Encode(description)}</p>");
        if (card.Tags.Count > 0) body.Append($"<p class=\"about\">{Encode(string.Join(" · ", card.Tags.Take(4)))}</p>");
        body.Append($"<a class=\"talk\" href=\"{Encode(address)}\">{Encode(CompanyPage.Fill(_words.Talk, card.Name))}</a></li>");
    }

    private string Link(string? search, string? tag, string? after) => QueryHelpers.AddQueryString(
        $"/agents/{tenant.Slug}",
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["search"] = search, ["tag"] = tag, ["after"] = after }
            .Where(entry => !string.IsNullOrEmpty(entry.Value)));

    private static string Encode(string text) => CompanyPage.Encode(text);
}

/// <summary>What the page of agents shows.</summary>
internal sealed record AgentsPageContent(
    IReadOnlyList<AgentRow> Agents,
    string? Next,
    IReadOnlyList<string> Tags,
    string? Search,
    string? Tag,
    string? After)
{
    /// <summary>Whether it is the first page of all agents.</summary>
    public bool IsStart => string.IsNullOrEmpty(Search) && string.IsNullOrEmpty(Tag) && string.IsNullOrEmpty(After);
}
