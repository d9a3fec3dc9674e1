package openfireprovisioner;

import java.io.File;
import org.jivesoftware.openfire.container.Plugin;
import org.jivesoftware.openfire.container.PluginManager;

/** Does nothing: Openfire loads no plugin without a class. The link is {@link PagesServlet}. */
public final class ConsolePlugin implements Plugin {
    @Override
    public void initializePlugin(PluginManager manager, File folder) {}

    @Override
    public void destroyPlugin() {}
}
