using Microsoft.SemanticKernel;

namespace Widget.Api.Answers;

/// <summary>
/// A prompt as a Semantic Kernel template with variables, <c>{{$name}}</c>. A template that a tenant writes can use the variables and
/// nothing else: it is rendered by a kernel without plugins, so it cannot call a tool.
/// </summary>
internal sealed class PromptTemplate
{
    private static readonly Kernel Bare = new();

    // The result is the text of one message, not the markup of a chat, so values are inserted as they are, without escaping.
    private static readonly KernelPromptTemplateFactory Factory = new() { AllowDangerouslySetContent = true };

    private readonly IPromptTemplate _template;

    private PromptTemplate(string text) => _template = Factory.Create(new PromptTemplateConfig(text));

    /// <summary>The template in <c>Answers/Prompts/{name}.skprompt.txt</c>.</summary>
    public static PromptTemplate Load(string name)
    {
        var resource = $"{typeof(PromptTemplate).Namespace}.Prompts.{name}.skprompt.txt";
        using var stream = typeof(PromptTemplate).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no prompt named {name}.");
        return Parse(new StreamReader(stream).ReadToEnd());
    }

    public static PromptTemplate Parse(string text) => new(text);

    public Task<string> RenderAsync(KernelArguments variables, CancellationToken ct) => _template.RenderAsync(Bare, variables, ct);
}
