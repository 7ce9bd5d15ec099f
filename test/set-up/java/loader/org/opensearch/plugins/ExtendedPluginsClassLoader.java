package org.opensearch.plugins;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.List;

/**
 * The server looks this class up by name, and the jar that has it is not published. It finds a plugin's classes in the
 * plugins it extends, in their order.
 */
public final class ExtendedPluginsClassLoader extends ClassLoader {
  private final List<ClassLoader> others;

  private ExtendedPluginsClassLoader(ClassLoader parent, List<ClassLoader> others) {
    super(parent);
    this.others = List.copyOf(others);
  }

  public static ExtendedPluginsClassLoader create(ClassLoader parent, List<ClassLoader> others) {
    PrivilegedAction<ExtendedPluginsClassLoader> make = () -> new ExtendedPluginsClassLoader(parent, others);
    return AccessController.doPrivileged(make);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    ClassNotFoundException last = new ClassNotFoundException(name);
    for (ClassLoader other : others) {
      try {
        return other.loadClass(name);
      } catch (ClassNotFoundException e) {
        last = e;
      }
    }
    throw last;
  }
}
