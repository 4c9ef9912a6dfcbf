using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Widget.Api.Answers;

/// <summary>The language model that writes answers: the chat client among the kernel's services.</summary>
public sealed class ChatModel(Kernel kernel)
{
    /// <summary>Null when no model is configured; answers quote their sources then.</summary>
    public IChatClient? Client { get; } = kernel.Services.GetService<IChatClient>();
}
