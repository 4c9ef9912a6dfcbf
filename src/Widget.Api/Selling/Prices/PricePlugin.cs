using Microsoft.SemanticKernel;
using Widget.Api.Tools;
using Widget.Contracts;

namespace Widget.Api.Selling.Prices;

/// <summary>The tool that tells models what the tenant's products cost. The conversation also shows the prices.</summary>
public sealed class PricePlugin(PriceService prices)
{
    private const string Description =
        "Returns what the company's products and services cost, and shows the visitor the prices. "
        + "Use it for every question about prices, plans, fees and discounts.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("prices", [Tool.Declare(
        GetAsync,
        "get_pricing",
        Description,
        hasEffects: false,
        Tool.Parameter(
            "product",
            new { type = "string", maxLength = 500, description = "The product or service. Leave it out for all prices." },
            isRequired: false))]);

    private async Task<ToolResult> GetAsync(KernelArguments call, string? product = null, CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        var items = await prices.ChooseAsync(context.Tenant.TenantId, product, context.Locale, ct);
        if (items.Count == 0)
        {
            return ToolResult.Of(new
            {
                found = false,
                note = "No prices are listed. Say so, do not guess, and offer to bring in a person.",
            });
        }

        const string Note = "Tell only these prices, exactly as they are, with their conditions. They may be of other products than "
            + "the one asked for; then say that its price is not listed. Without an amount, a price is on request.";
        return ToolResult.Of(new { found = true, prices = items, note = Note }) with { Events = [new PricesShown { Items = items }] };
    }
}
